/** What starts a run: an event, a sensor, a webhook, a schedule or a person; for whom, and how often. Knows the document's trigger. */
import { Button, Select } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { field, isArray, isObject, type Json, objectAt } from '@/model';
import { useChoices } from '../choices';
import { DocField, usePlace, useValue } from '../place';
import step from '../step/Step.module.css';
import { FIRST_RULE, SensorForm } from './SensorForm';

const WAYS = ['event', 'sensor', 'schedule', 'webhook', 'manual'] as const;
type StartWay = (typeof WAYS)[number];

const FIRST: Readonly<Record<StartWay, Json>> = {
  event: '',
  sensor: FIRST_RULE,
  schedule: { cron: '0 9 * * *' },
  webhook: '',
  manual: true,
};
/** What holds whatever starts it. */
const KEPT = ['key', 'mode'] as const;
const MODES = ['parallel', 'single', 'restart', 'queue'] as const;

export function TriggerForm() {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const trigger = objectAt(place.value, 'trigger');
  const way = WAYS.find((one) => field(trigger, one) !== undefined) ?? 'manual';
  const modes = useChoices(MODES, (one) => t(`trigger.mode_${one as 'single'}`), 'parallel');
  const start = (next: StartWay) => {
    const kept = KEPT.flatMap((name) => {
      const value = field(trigger, name);
      return value === undefined ? [] : [[name, value] as const];
    });
    place.change('/trigger', { [next]: FIRST[next], ...Object.fromEntries(kept) });
  };
  const hasEvent = way === 'event' || way === 'webhook';
  return (
    <>
      <Select
        label={t('trigger.way')}
        disabled={place.disabled}
        data={WAYS.map((one) => ({ value: one, label: t(`trigger.${one}`) }))}
        value={way}
        onChange={(next) => {
          if (next !== null && next !== way) start(next as StartWay);
        }}
      />
      {way === 'event' && <Events />}
      {way === 'webhook' && (
        <DocField
          path="/trigger/webhook"
          widget="plain_connection"
          label={t('trigger.connection')}
          required
        />
      )}
      {way === 'sensor' && <SensorForm />}
      {way === 'schedule' && <Schedule />}
      {hasEvent && (
        <DocField
          path="/trigger/where"
          widget="condition"
          label={t('trigger.where')}
          help={t('trigger.where_help')}
        />
      )}
      <DocField path="/trigger/key" widget="key" label={t('trigger.key')} help={t('trigger.key_help')} />
      <DocField
        path="/trigger/mode"
        widget="plain_select"
        schema={modes}
        label={t('trigger.mode')}
        help={t('trigger.mode_help')}
        required
      />
    </>
  );
}

function Events() {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const written = useValue('/trigger/event');
  if (!isArray(written)) {
    return (
      <>
        <DocField path="/trigger/event" widget="event" label={t('trigger.which')} required />
        {typeof written === 'string' && written !== '' && (
          <Another onAdd={() => place.change('/trigger/event', [written, ''])} />
        )}
      </>
    );
  }
  return (
    <>
      {written.map((_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events have no name but their place
        <div key={at} className={step.box}>
          <DocField
            path={`/trigger/event/${at}`}
            widget="event"
            label={t('trigger.any', { number: at + 1 })}
            required
          />
          <Button
            variant="subtle"
            color="gray"
            size="xs"
            disabled={place.disabled}
            style={{ justifySelf: 'start' }}
            leftSection={<IconTrash size={15} aria-hidden />}
            onClick={() => {
              const rest = written.toSpliced(at, 1);
              place.change('/trigger/event', rest.length === 1 ? rest[0] : rest);
            }}
          >
            {t('listen.remove', { number: at + 1 })}
          </Button>
        </div>
      ))}
      <Another onAdd={() => place.change('/trigger/event', [...written, ''])} />
    </>
  );
}

function Another({ onAdd }: { onAdd: () => void }) {
  const { t } = useTranslation('panel');
  const { disabled } = usePlace();
  return (
    <Button
      variant="default"
      size="xs"
      disabled={disabled}
      style={{ justifySelf: 'start' }}
      leftSection={<IconPlus size={15} aria-hidden />}
      onClick={onAdd}
    >
      {t('listen.another')}
    </Button>
  );
}

const MISSED = ['run_once', 'skip'] as const;

function Schedule() {
  const { t } = useTranslation('panel');
  const schedule = useValue('/trigger/schedule');
  const missed = useChoices(MISSED, (one) => t(`trigger.missed_${one as 'skip'}`), 'run_once');
  if (!isObject(schedule)) return null;
  return (
    <>
      <DocField path="/trigger/schedule/cron" widget="cron" label={t('cron.label')} required />
      <DocField
        path="/trigger/schedule/zone"
        widget="zone"
        label={t('trigger.zone')}
        help={t('trigger.zone_help')}
      />
      <DocField
        path="/trigger/schedule/missed"
        widget="plain_select"
        schema={missed}
        label={t('trigger.missed')}
        required
      />
    </>
  );
}
