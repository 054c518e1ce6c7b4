/** How many alerts are open, beside their place in the navigation. Knows a number; nothing in shops without sensors. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSensorLive } from '@/api/sensor-live';
import { anyDeviceQuery, openAlertsQuery } from '@/api/sensor-queries';
import classes from './AlertBadge.module.css';

const SHOWN_MAX = 99;

export function AlertBadge() {
  const { t } = useTranslation();
  const { data: hasSensors = false } = useQuery(anyDeviceQuery);
  const { data: alerts } = useQuery({ ...openAlertsQuery, enabled: hasSensors });
  useSensorLive(hasSensors);
  const count = alerts?.length ?? 0;
  if (count === 0) return null;
  return (
    <strong className={classes.badge}>
      <b aria-hidden>{count > SHOWN_MAX ? `${SHOWN_MAX}+` : count}</b>
      <i className="visually-hidden">{t('open_alerts', { count })}</i>
    </strong>
  );
}
