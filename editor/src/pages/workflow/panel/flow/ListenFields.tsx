/** Which arriving event is meant: its type, what must be equal, a further condition. Knows the document's `Listen`. */
import { useTranslation } from 'react-i18next';
import { DocField } from '../place';

export function ListenFields({ path }: { path: string }) {
  const { t } = useTranslation('panel');
  return (
    <>
      <DocField path={`${path}/event`} widget="event" label={t('listen.event')} required />
      <DocField
        path={`${path}/match`}
        widget="match"
        label={t('listen.match')}
        help={t('listen.match_help')}
        required
      />
      <DocField path={`${path}/where`} widget="condition" label={t('listen.where')} />
    </>
  );
}
