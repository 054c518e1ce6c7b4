/** How many alerts are open, kept up to date. Knows a number. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSensorLive } from '@/api/sensor-live';
import { openAlertsQuery } from '@/api/sensor-queries';
import classes from './AlertBadge.module.css';

const SHOWN_MAX = 99;

export function OpenAlerts() {
  const { t } = useTranslation();
  const { data: alerts } = useQuery(openAlertsQuery);
  useSensorLive();
  const count = alerts?.length ?? 0;
  if (count === 0) return null;
  return (
    <strong className={classes.badge}>
      <b aria-hidden>{count > SHOWN_MAX ? `${SHOWN_MAX}+` : count}</b>
      <i className="visually-hidden">{t('open_alerts', { count })}</i>
    </strong>
  );
}
