/** The blocks that compute, keep, call and end. Knows their fields. */
import { useTranslation } from 'react-i18next';
import { DocField } from '../place';

export function ScriptForm() {
  const { t } = useTranslation('panel');
  return (
    <DocField path="/script" widget="script" label={t('script.code')} help={t('script.code_help')} required />
  );
}

export function SetForm() {
  const { t } = useTranslation('panel');
  return <DocField path="/set" widget="fields" label={t('set.values')} help={t('set.values_help')} />;
}

export function CallForm() {
  const { t } = useTranslation('panel');
  return (
    <>
      <DocField path="/call" widget="workflow" label={t('call.workflow')} required />
      <DocField path="/with" widget="fields" label={t('call.with')} help={t('call.with_help')} />
      <DocField path="/wait" widget="plain_switch" schema={{ default: true }} label={t('call.wait')} />
    </>
  );
}

export function StopForm() {
  const { t } = useTranslation('panel');
  return (
    <DocField
      path="/stop"
      widget="plain_text"
      label={t('stop.outcome')}
      help={t('stop.outcome_help')}
      required
    />
  );
}
