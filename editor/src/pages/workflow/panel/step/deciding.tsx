/** The blocks that decide or repeat by an expression, and the one that goes elsewhere. Knows their fields. */
import { useTranslation } from 'react-i18next';
import { DocField } from '../place';

const LIMIT = { type: 'integer', minimum: 1 };

export function IfForm() {
  const { t } = useTranslation('panel');
  return <DocField path="/if" widget="condition" label={t('if.condition')} required />;
}

export function EachForm() {
  const { t } = useTranslation('panel');
  return (
    <>
      <DocField
        path="/each"
        widget="list_expression"
        label={t('each.list')}
        help={t('each.list_help')}
        required
      />
      <DocField
        path="/as"
        widget="plain_text"
        schema={{ default: 'item' }}
        label={t('each.name')}
        help={t('each.name_help')}
      />
      <DocField
        path="/concurrency"
        widget="plain_number"
        schema={{ ...LIMIT, default: 1 }}
        label={t('each.concurrency')}
      />
    </>
  );
}

export function RepeatForm() {
  const { t } = useTranslation('panel');
  return (
    <>
      <DocField
        path="/repeat/until"
        widget="condition"
        label={t('repeat.until')}
        help={t('repeat.until_help')}
      />
      <DocField
        path="/repeat/limit"
        widget="plain_number"
        schema={LIMIT}
        label={t('repeat.limit')}
        required
      />
    </>
  );
}

export function GotoForm() {
  const { t } = useTranslation('panel');
  return (
    <>
      <DocField path="/goto" widget="step" label={t('goto.step')} required />
      <DocField
        path="/limit"
        widget="plain_number"
        schema={LIMIT}
        label={t('goto.limit')}
        help={t('goto.limit_help')}
      />
    </>
  );
}
