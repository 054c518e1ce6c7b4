/** Comes next. */
import { useTranslation } from 'react-i18next';
export function StepMenu(_: { narrow?: boolean }) {
  const { t } = useTranslation('blocks');
  return <p>{t('title')}</p>;
}
