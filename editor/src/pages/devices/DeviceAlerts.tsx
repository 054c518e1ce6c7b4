/** What is wrong with a device at present. Knows alerts' heads; what can be done is on their pages. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { itemsOf } from '@/api/pages';
import { alertsQuery } from '@/api/sensor-queries';
import type { DeviceView } from '@/api/sensors';
import { Panel } from '@/ui/Panel';
import { AlertLines } from '@/widgets/alert/AlertLines';
import classes from './Devices.module.css';

export function DeviceAlerts({ device }: { device: DeviceView }) {
  const { t } = useTranslation('devices');
  const found = useInfiniteQuery({
    ...alertsQuery({ state: 'open', device: device.id }),
    enabled: device.open_alerts > 0,
  });
  const alerts = itemsOf(found.data);
  if (alerts.length === 0) return null;
  return (
    <div className={classes.alarm}>
      <Panel title={t('alerts', { count: alerts.length })}>
        <AlertLines alerts={alerts} />
      </Panel>
    </div>
  );
}
