/** A rule over a sensor: what is measured, when it is wrong and for how long, for which devices, with which alert. Knows the document's rule. */
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LEVELS } from '@/api/sensors';
import { field, isObject, type Json, type JsonObject, objectAt } from '@/model';
import { useChoices } from '../choices';
import { DocField, usePlace } from '../place';
import step from '../step/Step.module.css';
import { WindowFields } from '../step/waiting';
import { RungFields } from './RungFields';

const BASE = '/trigger/sensor';
export const BOUNDS = ['above', 'below', 'outside', 'between', 'silence'] as const;
export type Bound = (typeof BOUNDS)[number];
const RANGE = { low: 0, high: 10 };
export const FIRST_BOUND: Readonly<Record<Bound, Json>> = {
  above: 0,
  below: 0,
  outside: RANGE,
  between: RANGE,
  silence: '15m',
};
/** What can be compared instead of the value itself, each with what it begins with. */
const MEASURES = {
  average: '10m',
  min: '10m',
  max: '10m',
  delta: '1h',
  rate: { over: '10m' },
  count: { over: '1h' },
  exposure: { above: 0 },
} as const;
const LATES = ['record', 'ignore', 'alert'] as const;

/** A harmless beginning, until somebody says which metric is meant. */
export const FIRST_RULE: JsonObject = { metric: '', above: 0, for: '10m', alert: 'warning' };

export function SensorForm() {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const rule = objectAt(objectAt(place.value, 'trigger'), 'sensor');
  const bound = BOUNDS.find((one) => field(rule, one) !== undefined) ?? 'above';
  const alerts = useChoices(LEVELS, (one) => t(`sensor.level_${one as 'info'}`));
  return (
    <>
      <DocField path={`${BASE}/metric`} widget="metric" label={t('sensor.metric')} required />
      <div className={step.box}>
        <BoundFields path={BASE} value={rule} bound={bound} bounds={BOUNDS} label={t('sensor.wrong')} />
        {bound !== 'silence' && <Clear bound={bound} />}
        <DocField
          path={`${BASE}/for`}
          widget="duration"
          label={t('sensor.for')}
          help={t('sensor.for_help')}
        />
      </div>
      <DocField
        path={`${BASE}/devices/ids`}
        widget="devices"
        label={t('sensor.devices')}
        help={t('sensor.devices_help')}
      />
      <DocField path={`${BASE}/devices/tags`} widget="device_tags" label={t('sensor.tags')} />
      <DocField path={`${BASE}/devices/places`} widget="device_places" label={t('sensor.places')} />
      <DocField
        path={`${BASE}/alert`}
        widget="plain_select"
        schema={alerts}
        label={t('sensor.alert')}
        help={t('sensor.alert_help')}
      />
      {field(rule, 'alert') !== undefined && (
        <>
          <RungFields path={`${BASE}/levels`} bound={bound} />
          <DocField
            path={`${BASE}/latch`}
            widget="plain_switch"
            label={t('sensor.latch')}
            help={t('sensor.latch_help')}
          />
        </>
      )}
      <details className={step.more} open={isMore(rule) || undefined}>
        <summary>{t('sensor.more')}</summary>
        <div>
          <More rule={rule} />
        </div>
      </details>
    </>
  );
}

function isMore(rule: JsonObject): boolean {
  return [...Object.keys(MEASURES), 'window', 'coverage', 'late'].some(
    (name) => field(rule, name) !== undefined,
  );
}

interface BoundProps {
  path: string;
  value: JsonObject;
  bound: Bound;
  bounds: readonly Bound[];
  label: string;
}

/** What is wrong: the kind of bound, and its level or levels. */
export function BoundFields({ path, value, bound, bounds, label }: BoundProps) {
  const { t } = useTranslation('panel');
  const place = usePlace();
  return (
    <>
      <Select
        label={label}
        disabled={place.disabled}
        value={bound}
        data={bounds.map((one) => ({ value: one, label: t(`sensor.${one}`) }))}
        onChange={(next) => {
          const chosen = bounds.find((one) => one === next);
          if (chosen === undefined || chosen === bound) return;
          // What counts as right again is of the bound before.
          const { [bound]: _old, clear: _clear, ...kept } = value;
          const old = field(value, bound);
          const level =
            typeof old === 'number' && typeof FIRST_BOUND[chosen] === 'number' ? old : FIRST_BOUND[chosen];
          place.change(path, { ...kept, [chosen]: level });
        }}
      />
      {bound === 'silence' ? (
        <DocField path={`${path}/silence`} widget="duration" label={t('sensor.silence_for')} required />
      ) : bound === 'above' || bound === 'below' ? (
        <DocField path={`${path}/${bound}`} widget="number" label={t('sensor.limit')} required />
      ) : (
        <div className={step.two}>
          <DocField path={`${path}/${bound}/low`} widget="number" label={t('sensor.low')} required />
          <DocField path={`${path}/${bound}/high`} widget="number" label={t('sensor.high')} required />
        </div>
      )}
    </>
  );
}

function Clear({ bound }: { bound: Bound }) {
  const { t } = useTranslation('panel');
  const help = t('sensor.clear_help');
  if (bound === 'above' || bound === 'below') {
    return <DocField path={`${BASE}/clear`} widget="number" label={t('sensor.clear')} help={help} />;
  }
  return (
    <div className={step.two}>
      <DocField path={`${BASE}/clear/low`} widget="number" label={t('sensor.clear_low')} />
      <DocField path={`${BASE}/clear/high`} widget="number" label={t('sensor.clear_high')} />
    </div>
  );
}

function More({ rule }: { rule: JsonObject }) {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const names = Object.keys(MEASURES) as (keyof typeof MEASURES)[];
  const measure = names.find((name) => field(rule, name) !== undefined);
  const lates = useChoices(LATES, (one) => t(`sensor.late_${one as 'record'}`), 'record');
  const hasWindow = isObject(field(rule, 'window'));
  return (
    <>
      <Select
        label={t('sensor.measure')}
        disabled={place.disabled}
        value={measure ?? 'value'}
        data={['value' as const, ...names].map((name) => ({
          value: name,
          label: t(`sensor.measure_${name}`),
        }))}
        onChange={(next) => {
          const chosen = names.find((name) => name === next);
          const kept = Object.entries(rule).filter(([name]) => name !== measure);
          place.change(BASE, { ...Object.fromEntries(kept), ...(chosen && { [chosen]: MEASURES[chosen] }) });
        }}
      />
      {(measure === 'average' || measure === 'min' || measure === 'max' || measure === 'delta') && (
        <DocField path={`${BASE}/${measure}`} widget="duration" label={t('sensor.over')} required />
      )}
      {(measure === 'rate' || measure === 'count') && (
        <DocField path={`${BASE}/${measure}/over`} widget="duration" label={t('sensor.over')} required />
      )}
      {measure === 'rate' && <DocField path={`${BASE}/rate/per`} widget="duration" label={t('sensor.per')} />}
      {measure === 'exposure' && (
        <DocField path={`${BASE}/exposure/above`} widget="number" label={t('sensor.exposure')} required />
      )}
      <DocField
        path={`${BASE}/coverage`}
        widget="plain_number"
        schema={{ type: 'number', minimum: 0, maximum: 1 }}
        label={t('sensor.coverage')}
        help={t('sensor.coverage_help')}
      />
      <Select
        label={t('sensor.window')}
        disabled={place.disabled}
        value={hasWindow ? 'window' : 'always'}
        data={(['always', 'window'] as const).map((one) => ({ value: one, label: t(`sensor.when_${one}`) }))}
        onChange={(next) =>
          place.change(`${BASE}/window`, next === 'window' ? { from: '22:00', to: '06:00' } : undefined)
        }
      />
      {hasWindow && <WindowFields path={`${BASE}/window`} />}
      <DocField
        path={`${BASE}/late`}
        widget="plain_select"
        schema={lates}
        label={t('sensor.late')}
        required
      />
    </>
  );
}
