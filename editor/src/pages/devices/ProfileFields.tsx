/** The metrics and outputs of a device, one box each. Knows the profile's fields; never a value that was measured. */
import { Button, NumberInput, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ApiError } from '@/api/problem';
import type { Actuator, Metric } from '@/api/sensors';
import { useSeparators } from '@/i18n/use-separators';
import classes from './Devices.module.css';

const EVERY_S = 60;
const MAX_ON_S = 600;
const MINUTE_S = 60;

/** The first problem of anything inside `path`. */
function problemIn(error: ApiError | null, path: string): string | undefined {
  return error?.errors.find((found) => found.path === path || found.path.startsWith(`${path}.`))?.message;
}

interface MetricProps {
  metrics: readonly Metric[];
  onChange: (next: Metric[]) => void;
  error: ApiError | null;
}

export function MetricFields({ metrics, onChange, error }: MetricProps) {
  const { t } = useTranslation('devices');
  const separators = useSeparators();
  const put = (at: number, part: Partial<Metric>) =>
    onChange(metrics.map((metric, index) => (index === at ? { ...metric, ...part } : metric)));
  return (
    <div className={classes.stack}>
      {metrics.map((metric, at) => {
        const number = (name: 'min' | 'max' | 'offset' | 'scale', label: string) => (
          <NumberInput
            label={label}
            hideControls
            {...separators}
            value={metric[name] ?? ''}
            onChange={(next) => put(at, { [name]: typeof next === 'number' ? next : undefined })}
          />
        );
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a metric's name is what is being written
          <fieldset key={at} className={classes.box}>
            <legend>{metric.title || metric.name || t('form.new_metric')}</legend>
            <div className={classes.trio}>
              <TextInput
                label={t('form.metric_name')}
                description={t('form.metric_name_help')}
                required
                value={metric.name}
                error={problemIn(error, `profile.metrics.${at}`)}
                onChange={(event) => put(at, { name: event.currentTarget.value })}
              />
              <TextInput
                label={t('form.metric_title')}
                value={metric.title ?? ''}
                onChange={(event) => put(at, { title: event.currentTarget.value || undefined })}
              />
              <TextInput
                label={t('form.unit')}
                value={metric.unit ?? ''}
                onChange={(event) => put(at, { unit: event.currentTarget.value || undefined })}
              />
            </div>
            <div className={classes.quad}>
              {number('min', t('form.min'))}
              {number('max', t('form.max'))}
              {number('offset', t('form.offset'))}
              {number('scale', t('form.scale'))}
            </div>
            <Switch
              label={t('form.on_change')}
              checked={metric.every == null}
              onChange={(event) => put(at, { every: event.currentTarget.checked ? undefined : EVERY_S })}
            />
            {metric.every != null && (
              <NumberInput
                label={t('form.every')}
                description={t('form.every_help')}
                min={1}
                maw={240}
                allowDecimal={false}
                value={metric.every}
                onChange={(next) => typeof next === 'number' && put(at, { every: next })}
              />
            )}
            <Remove
              label={t('form.remove', { name: metric.title || metric.name })}
              onRemove={() => onChange(metrics.toSpliced(at, 1))}
            />
          </fieldset>
        );
      })}
      <Add label={t('form.add_metric')} onAdd={() => onChange([...metrics, { name: '', every: EVERY_S }])} />
    </div>
  );
}

interface ActuatorProps {
  actuators: readonly Actuator[];
  onChange: (next: Actuator[]) => void;
  error: ApiError | null;
}

export function ActuatorFields({ actuators, onChange, error }: ActuatorProps) {
  const { t } = useTranslation('devices');
  const put = (at: number, part: Partial<Actuator>) =>
    onChange(actuators.map((actuator, index) => (index === at ? { ...actuator, ...part } : actuator)));
  return (
    <div className={classes.stack}>
      {actuators.map((actuator, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an output's name is what is being written
        <fieldset key={at} className={classes.box}>
          <legend>{actuator.title || actuator.name || t('form.new_actuator')}</legend>
          <div className={classes.pair}>
            <TextInput
              label={t('form.actuator_name')}
              required
              value={actuator.name}
              error={problemIn(error, `profile.actuators.${at}`)}
              onChange={(event) => put(at, { name: event.currentTarget.value })}
            />
            <TextInput
              label={t('form.actuator_title')}
              value={actuator.title ?? ''}
              onChange={(event) => put(at, { title: event.currentTarget.value || undefined })}
            />
            <NumberInput
              label={t('form.safe')}
              description={t('form.safe_help')}
              min={0}
              max={100}
              suffix=" %"
              value={actuator.safe}
              onChange={(next) => typeof next === 'number' && put(at, { safe: next })}
            />
            <NumberInput
              label={t('form.max_on')}
              description={t('form.max_on_help')}
              min={1}
              value={actuator.max_on / MINUTE_S}
              onChange={(next) =>
                typeof next === 'number' && put(at, { max_on: Math.round(next * MINUTE_S) })
              }
            />
          </div>
          <Remove
            label={t('form.remove', { name: actuator.title || actuator.name })}
            onRemove={() => onChange(actuators.toSpliced(at, 1))}
          />
        </fieldset>
      ))}
      <Add
        label={t('form.add_actuator')}
        onAdd={() => onChange([...actuators, { name: '', safe: 0, max_on: MAX_ON_S }])}
      />
    </div>
  );
}

function Add({ label, onAdd }: { label: string; onAdd: () => void }) {
  return (
    <Button
      variant="default"
      size="xs"
      style={{ justifySelf: 'start' }}
      leftSection={<IconPlus size={15} aria-hidden />}
      onClick={onAdd}
    >
      {label}
    </Button>
  );
}

function Remove({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="xs"
      style={{ justifySelf: 'start' }}
      leftSection={<IconTrash size={15} aria-hidden />}
      onClick={onRemove}
    >
      {label}
    </Button>
  );
}
