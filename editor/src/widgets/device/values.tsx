/** A metric's name and value as people read them, with the age of the value. Knows units; never a device's place. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeviceView, LastValue, Metric } from '@/api/sensors';
import { useFormats } from '@/i18n/use-lang';
import { Ago, useNow } from '@/ui/Ago';
import classes from './values.module.css';

const UNAVAILABLE = ['other', 'disconnected', 'power_on', 'checksum', 'implausible', 'warming'] as const;
const KNOWN = [
  'temperature',
  'humidity',
  'soil_moisture',
  'door',
  'power',
  'people',
  'battery',
  'flow',
  'pressure',
  'co2',
] as const;
/** Two places are what a sensor of a shop can tell. */
const PLACES = 100;
/** A value that is this many intervals old is no longer what is the case. */
const OLD_INTERVALS = 3;

/** The metric's own title, else the word for a well-known name, else its name. */
export function useMetricTitle(): (metric: Pick<Metric, 'name' | 'title'>) => string {
  const { t } = useTranslation('devices');
  return useCallback(
    ({ name, title }) => {
      if (title) return title;
      const known = KNOWN.find((one) => one === name);
      return known === undefined ? name : t(`metric.${known}`);
    },
    [t],
  );
}

type Measures = Pick<DeviceView, 'profile' | 'last'>;

/** What a device measures: as its owner describes it, and after that what only the device itself has told. */
export function metricsOf({ profile, last }: Measures): Metric[] {
  const known = new Set(profile.metrics.map(({ name }) => name));
  const told = last.filter(({ metric }) => !known.has(metric));
  return [...profile.metrics, ...told.map(({ metric, unit }) => ({ name: metric, unit }))];
}

export function metricOf(device: Measures, name: string): Metric {
  return metricsOf(device).find((metric) => metric.name === name) ?? { name };
}

/** `4,2 °C`. */
export function useValueText(): (
  value: number | null | undefined,
  unit: string | null | undefined,
) => string {
  const show = useFormats();
  const { t } = useTranslation('devices');
  return (value, unit) => {
    if (value === null || value === undefined) return t('no_value');
    const number = show.number(Math.round(value * PLACES) / PLACES);
    return unit ? `${number} ${unit}` : number;
  };
}

interface Props {
  last: LastValue;
  metric: Metric;
  /** Without the metric's name. */
  bare?: boolean;
  large?: boolean;
}

export function Value({ last, metric, bare = false, large = false }: Props) {
  const { t } = useTranslation('devices');
  const title = useMetricTitle();
  const told = useValueText();
  const now = useNow();
  const age = now - new Date(last.at).getTime();
  const isOld = metric.every != null && age > metric.every * 1000 * OLD_INTERVALS;
  const why = UNAVAILABLE.find((word) => word === last.unavailable) ?? 'other';
  return (
    <span className={classes.value} data-large={large || undefined} data-old={isOld || undefined}>
      {!bare && <span className={classes.name}>{title(metric)}</span>}
      {last.value === null ? (
        <strong className={classes.none}>{t(`unavailable.${why}`)}</strong>
      ) : (
        <strong>{told(last.value, last.unit ?? metric.unit)}</strong>
      )}
      <span className={classes.age}>
        <Ago at={last.at} />
        {isOld && <span className="visually-hidden"> {t('old')}</span>}
      </span>
    </span>
  );
}
