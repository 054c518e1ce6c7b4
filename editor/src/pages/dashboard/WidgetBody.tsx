/** What each kind of widget shows, from the same queries every page uses. Knows the kinds; never their places. */
import { Skeleton } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { itemsOf } from '@/api/pages';
import { alertsQuery, openAlertsQuery } from '@/api/sensor-queries';
import { type AlertView, type DashboardWidget, DEVICE_STATES, type DeviceView } from '@/api/sensors';
import { sentence } from '@/i18n/sentence';
import { useFormats } from '@/i18n/use-lang';
import { Ago } from '@/ui/Ago';
import { AlertLines } from '@/widgets/alert/AlertLines';
import { AlertMark, LevelMark } from '@/widgets/alert/LevelMark';
import { useAlertWords } from '@/widgets/alert/words';
import { MetricChart } from '@/widgets/chart/MetricChart';
import { DeviceMark } from '@/widgets/device/DeviceMark';
import { metricOf, useMetricTitle, Value } from '@/widgets/device/values';
import classes from './Dashboard.module.css';
import { DeviceMap } from './DeviceMap';

interface Props {
  widget: DashboardWidget;
  devices: readonly DeviceView[];
  rowPx: number;
  wide: boolean;
}

const HEAD_PX = 84;
const PHONE_CHART_PX = 220;
const HOURS = 24;
const SHOWN = 8;

export function WidgetBody({ widget, devices, rowPx, wide }: Props) {
  const { t } = useTranslation('dashboard');
  const title = useMetricTitle();
  const device = devices.find(({ id }) => id === widget.device);
  const here = widget.place ? devices.filter(({ place }) => place === widget.place) : devices;
  const gone = <p className={classes.quiet}>{t('gone')}</p>;
  switch (widget.kind) {
    case 'last':
      return device === undefined ? gone : <Last device={device} name={widget.metric ?? ''} />;
    case 'chart': {
      if (device === undefined || !widget.metric) return gone;
      const metric = metricOf(device, widget.metric);
      return (
        <MetricChart
          device={device.id}
          metric={metric}
          label={`${device.name} · ${title(metric)}`}
          hours={widget.from ?? HOURS}
          made={device.created_at}
          height={wide ? Math.max(widget.h * rowPx - HEAD_PX, 90) : PHONE_CHART_PX}
          bare
        />
      );
    }
    case 'state':
      return device === undefined ? gone : <State device={device} />;
    case 'alerts':
      return <Alerts place={widget.place} />;
    case 'map':
      return <DeviceMap devices={here} />;
    case 'activity':
      return <Activity place={widget.place} />;
    case 'counter':
      return <Counter devices={here} />;
  }
}

function Last({ device, name }: { device: DeviceView; name: string }) {
  const { t } = useTranslation('dashboard');
  const { data: alerts } = useQuery(openAlertsQuery);
  const last = device.last.find(({ metric }) => metric === name);
  const alert = alerts?.find((one) => one.device_id === device.id && one.metric === name);
  return (
    <div className={classes.last} data-alert={alert?.level}>
      {last === undefined ? (
        <p className={classes.quiet}>{t('no_value')}</p>
      ) : (
        <Value last={last} metric={metricOf(device, name)} bare large />
      )}
      <span className={classes.foot}>
        <Link to="/devices/$deviceId" params={{ deviceId: device.id }} className={classes.more}>
          {t('see')}
          <span className="visually-hidden"> {device.name}</span>
        </Link>
        {alert !== undefined && (
          <Link to="/alerts/$alertId" params={{ alertId: alert.id }} className={classes.more}>
            <LevelMark level={alert.level} />
          </Link>
        )}
      </span>
    </div>
  );
}

function State({ device }: { device: DeviceView }) {
  const { reason, seen_at } = device.status;
  return (
    <div className={classes.state}>
      <Link to="/devices/$deviceId" params={{ deviceId: device.id }}>
        {device.name}
      </Link>
      <DeviceMark state={device.status.state} />
      <p className={classes.quiet}>{reason ? sentence(reason) : seen_at ? <Ago at={seen_at} /> : null}</p>
    </div>
  );
}

/** Those of a place, when one is asked for. */
const at = (place: string | null | undefined) => (alert: AlertView) => !place || alert.place === place;

function Alerts({ place }: { place: string | null | undefined }) {
  const { t } = useTranslation('dashboard');
  const { data } = useQuery(openAlertsQuery);
  if (data === undefined) return <Skeleton height={60} radius={8} />;
  const alerts = data.filter(at(place));
  if (alerts.length === 0) return <p className={classes.calm}>{t('calm')}</p>;
  return (
    <>
      <AlertLines alerts={alerts.slice(0, SHOWN)} />
      {alerts.length > SHOWN && (
        <Link to="/alerts">{t('more_alerts', { count: alerts.length - SHOWN })}</Link>
      )}
    </>
  );
}

/** What happened last, told by the alerts of all states. */
function Activity({ place }: { place: string | null | undefined }) {
  const { t } = useTranslation('dashboard');
  const words = useAlertWords();
  const found = useInfiniteQuery(alertsQuery({}));
  if (found.data === undefined) return <Skeleton height={60} radius={8} />;
  const alerts = itemsOf(found.data).filter(at(place)).slice(0, SHOWN);
  if (alerts.length === 0) return <p className={classes.quiet}>{t('no_activity')}</p>;
  return (
    <ul className={classes.feed}>
      {alerts.map((alert) => (
        <li key={alert.id}>
          <span>
            <Link to="/alerts/$alertId" params={{ alertId: alert.id }}>
              {words.title(alert)}
            </Link>
            <span className={classes.quiet}>
              {words.value(alert) && `${words.value(alert)} · `}
              <Ago at={alert.cleared_at ?? alert.acknowledged_at ?? alert.opened_at} />
            </span>
          </span>
          <AlertMark state={alert.state} />
        </li>
      ))}
    </ul>
  );
}

function Counter({ devices }: { devices: readonly DeviceView[] }) {
  const { t } = useTranslation(['dashboard', 'devices']);
  const show = useFormats();
  const counts = DEVICE_STATES.map((state) => ({
    state,
    count: devices.filter((device) => device.status.state === state).length,
  })).filter(({ count }) => count > 0);
  return (
    <dl className={classes.counts}>
      <div>
        <dd>{show.number(devices.length)}</dd>
        <dt>{t('devices')}</dt>
      </div>
      {counts.map(({ state, count }) => (
        <div key={state}>
          <dd>{show.number(count)}</dd>
          <dt>{t(`devices:state.${state}`)}</dt>
        </div>
      ))}
    </dl>
  );
}
