/** How a connection stands, in a word. Knows states; no connector. */
import { useTranslation } from 'react-i18next';
import type { ConnectionView } from '@/api/schema.gen';
import { Mark } from '@/ui/Mark';

export function ConnectionMark({ connection }: { connection: ConnectionView }) {
  const { t } = useTranslation('connections');
  if (connection.state === 'disabled') return <Mark tone="calm">{t('state.disabled')}</Mark>;
  if (connection.state === 'reconnect') return <Mark tone="bad">{t('state.reconnect')}</Mark>;
  if (connection.settings.sandbox === true) return <Mark tone="info">{t('state.sandbox')}</Mark>;
  return <Mark tone="good">{t('state.ok')}</Mark>;
}
