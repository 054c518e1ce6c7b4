/** What the workflow is called, what it is for, and what is asked when it is installed. Knows the document's header. */
import { useTranslation } from 'react-i18next';
import { PURPOSES, useChoices } from '../choices';
import { DocField } from '../place';
import { Inputs } from './Inputs';

const LIST = { type: 'array', items: { type: 'string', 'x-widget': 'plain_text' } };

export function SettingsForm() {
  const { t } = useTranslation('panel');
  const purposes = useChoices(PURPOSES, (one) => t(`purpose.${one as 'service'}`));
  return (
    <>
      <DocField path="/name" widget="texts" label={t('settings.name')} required />
      <DocField path="/description" widget="texts" label={t('settings.description')} />
      <DocField
        path="/purpose"
        widget="plain_select"
        schema={purposes}
        label={t('settings.purpose')}
        help={t('settings.purpose_help')}
      />
      <Inputs />
      <DocField
        path="/rubros"
        widget="plain_list"
        schema={LIST}
        label={t('settings.rubros')}
        help={t('settings.rubros_help')}
      />
    </>
  );
}
