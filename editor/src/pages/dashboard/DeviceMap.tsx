/** Where devices stand: on a plane when they say where, else in the rooms they are put into. Loads nothing from anywhere. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { DeviceView } from '@/api/sensors';
import { metricOf, useValueText } from '@/widgets/device/values';
import classes from './Map.module.css';
import { plane } from './plane';

export function DeviceMap({ devices }: { devices: readonly DeviceView[] }) {
  const { t } = useTranslation('dashboard');
  const { spots, others } = plane(devices);
  if (devices.length === 0) return <p className={classes.none}>{t('no_devices')}</p>;
  return (
    <div className={classes.map}>
      {spots.length > 0 && (
        <ul className={classes.plane} aria-label={t('plane')}>
          {spots.map(({ device, left, top }) => (
            <li key={device.id} style={{ left: `${left}%`, top: `${top}%` }}>
              <Spot device={device} />
            </li>
          ))}
        </ul>
      )}
      <Rooms devices={others} />
    </div>
  );
}

function Rooms({ devices }: { devices: readonly DeviceView[] }) {
  const { t } = useTranslation('dashboard');
  const rooms = new Map<string, DeviceView[]>();
  for (const device of devices)
    rooms.set(device.place ?? '', [...(rooms.get(device.place ?? '') ?? []), device]);
  const names = [...rooms.keys()].toSorted((one, other) =>
    one === '' ? 1 : other === '' ? -1 : one.localeCompare(other),
  );
  if (names.length === 0) return null;
  return (
    <div className={classes.rooms}>
      {names.map((name) => (
        <div key={name} className={classes.room}>
          <h3>{name || t('no_place')}</h3>
          <ul>
            {(rooms.get(name) ?? []).map((device) => (
              <li key={device.id}>
                <Spot device={device} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function Spot({ device }: { device: DeviceView }) {
  const { t } = useTranslation(['dashboard', 'devices']);
  const told = useValueText();
  const last = device.last[0];
  const tone = device.open_alerts > 0 ? 'alert' : device.status.state;
  return (
    <Link to="/devices/$deviceId" params={{ deviceId: device.id }} className={classes.spot} data-tone={tone}>
      <span className={classes.dot} aria-hidden>
        {device.open_alerts > 0 ? '!' : ''}
      </span>
      <span className={classes.words}>
        <strong>{device.name}</strong>
        <span>
          {last?.value != null && device.status.state !== 'offline'
            ? told(last.value, last.unit ?? metricOf(device, last.metric).unit)
            : t(`devices:state.${device.status.state}`)}
        </span>
        {device.open_alerts > 0 && (
          <span className="visually-hidden">{t('devices:open_alerts', { count: device.open_alerts })}</span>
        )}
      </span>
    </Link>
  );
}
