/** The blocks that wait: for a while, until a moment, for a window, for an event. Knows their fields. */
import { Button, SegmentedControl } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { field, isArray, isObject, type Json, objectAt } from '@/model';
import { ListenFields } from '../flow/ListenFields';
import { DocField, usePlace, useValue } from '../place';
import { SideWay } from './SideWay';
import classes from './Step.module.css';

const WAYS = ['for', 'until', 'window'] as const;
type WaitWay = (typeof WAYS)[number];

const WINDOW: Json = { from: '09:00', to: '21:00' };
const FIRST: Readonly<Record<WaitWay, Json>> = {
  for: { for: '1h' },
  until: { until: '' },
  window: { window: WINDOW },
};

export function WaitForm() {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const wait = objectAt(place.value, 'wait');
  const way = WAYS.find((one) => field(wait, one) !== undefined) ?? 'for';
  const hasWindow = isObject(field(wait, 'window'));
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label={t('wait.way')}
        disabled={place.disabled}
        value={way}
        onChange={(next) => place.change('/wait', FIRST[next as WaitWay])}
        data={WAYS.map((one) => ({ value: one, label: t(`wait.${one}`) }))}
      />
      {way === 'for' && <DocField path="/wait/for" widget="duration" label={t('wait.span')} required />}
      {way === 'until' && (
        <DocField
          path="/wait/until"
          widget="moment_expression"
          label={t('wait.moment')}
          help={t('wait.moment_help')}
          required
        />
      )}
      {way === 'for' && (
        <Button
          variant="default"
          size="xs"
          disabled={place.disabled}
          style={{ justifySelf: 'start' }}
          leftSection={hasWindow ? <IconTrash size={15} aria-hidden /> : <IconPlus size={15} aria-hidden />}
          onClick={() => place.change('/wait/window', hasWindow ? undefined : WINDOW)}
        >
          {t(hasWindow ? 'wait.no_window' : 'wait.then_window')}
        </Button>
      )}
      {hasWindow && <WindowFields path="/wait/window" />}
    </>
  );
}

export function WindowFields({ path }: { path: string }) {
  const { t } = useTranslation('panel');
  return (
    <div className={classes.box}>
      <div className={classes.two}>
        <DocField path={`${path}/from`} widget="time" label={t('window.from')} required />
        <DocField path={`${path}/to`} widget="time" label={t('window.to')} required />
      </div>
      <DocField path={`${path}/days`} widget="days" label={t('window.days')} />
      <DocField
        path={`${path}/zone`}
        widget="zone"
        schema={{ enum: ['contact', 'org'] }}
        label={t('window.zone')}
        help={t('window.zone_help')}
      />
      <DocField path={`${path}/holidays`} widget="plain_switch" label={t('window.holidays')} />
    </div>
  );
}

export function WaitForForm() {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const any = useValue('/wait_for/any');
  const listeners = isArray(any) ? any : undefined;
  const { event = '', match = {}, where } = objectAt(place.value, 'wait_for');
  const one: Json = where === undefined ? { event, match } : { event, match, where };
  const rest = (more: Json): Json => {
    const timeout = field(objectAt(place.value, 'wait_for'), 'timeout');
    return { ...(more as object), ...(timeout === undefined ? {} : { timeout }) } as Json;
  };
  const set = (next: readonly Json[]) =>
    place.change('/wait_for', rest(next.length === 1 ? (next[0] ?? {}) : { any: next }));
  return (
    <>
      {listeners === undefined ? (
        <ListenFields path="/wait_for" />
      ) : (
        listeners.map((_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: events have no name but their place
          <div key={at} className={classes.box}>
            <ListenFields path={`/wait_for/any/${at}`} />
            <Button
              variant="subtle"
              color="gray"
              size="xs"
              disabled={place.disabled}
              style={{ justifySelf: 'start' }}
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={() => set(listeners.toSpliced(at, 1))}
            >
              {t('listen.remove', { number: at + 1 })}
            </Button>
          </div>
        ))
      )}
      <Button
        variant="default"
        size="xs"
        disabled={place.disabled}
        style={{ justifySelf: 'start' }}
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => set([...(listeners ?? [one]), { event: '', match: {} }])}
      >
        {t('listen.another')}
      </Button>
      <DocField
        path="/wait_for/timeout"
        widget="duration"
        label={t('listen.timeout')}
        help={t('listen.timeout_help')}
      />
      <SideWay
        kind="timeout"
        path="/on_timeout"
        label={t('listen.on_timeout')}
        help={t('listen.on_timeout_help')}
      />
    </>
  );
}
