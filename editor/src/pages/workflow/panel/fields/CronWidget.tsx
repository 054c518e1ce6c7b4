/**
 * A schedule: chosen in plain words, or written as a cron line; below it the sentence and the next five times.
 *
 * Knows cron lines; the zone stands beside it in the document.
 */
import { NumberInput, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { asApiError } from '@/api/problem';
import { formatLocale } from '@/i18n/languages';
import { useFormats, useLang } from '@/i18n/use-lang';
import { textAt } from '@/model';
import { common } from '@/widgets/form/basic/common';
import type { WidgetProps } from '@/widgets/form/registry';
import { type CronShape, readCron, writeCron } from '../cron';
import { useValue } from '../place';
import step from '../step/Step.module.css';
import classes from './Cron.module.css';
import { DaysOfWeek } from './DaysWidget';

const KINDS = ['days', 'weekdays', 'monthly', 'hours', 'minutes'] as const;
const FIRST: Readonly<Record<CronShape['kind'], CronShape>> = {
  days: { kind: 'days', times: '09:00' },
  weekdays: { kind: 'weekdays', times: '09:00', days: [1, 2, 3, 4, 5] },
  monthly: { kind: 'monthly', times: '09:00', day: 1 },
  hours: { kind: 'hours', every: 1, minute: 0 },
  minutes: { kind: 'minutes', every: 15 },
};

export function CronWidget(props: WidgetProps) {
  const { t } = useTranslation('panel');
  const { label, disabled, onChange } = props;
  const line = typeof props.value === 'string' ? props.value : '';
  const shape = readCron(line);
  const [isOwn, setOwn] = useState(shape === undefined);
  const set = (next: CronShape) => onChange(writeCron(next));
  const isText = isOwn || shape === undefined;
  return (
    <div className={classes.cron}>
      <Select
        label={label}
        required={props.required}
        disabled={disabled}
        data={[...KINDS, 'own'].map((kind) => ({ value: kind, label: t(`cron.${kind as 'own'}`) }))}
        value={isText ? 'own' : shape.kind}
        onChange={(next) => {
          setOwn(next === 'own');
          const kind = KINDS.find((one) => one === next);
          if (kind !== undefined && kind !== shape?.kind) set(again(FIRST[kind], shape));
        }}
      />
      {isText ? (
        <TextInput
          {...common({ ...props, label: t('cron.line'), help: t('cron.line_help') })}
          spellCheck={false}
          value={line}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <Shape shape={shape} disabled={disabled} onChange={set} />
      )}
      {!isText && props.error !== undefined && <p className={step.error}>{props.error}</p>}
      <Sentence shape={shape} />
      <NextTimes line={line} />
    </div>
  );
}

/** What was chosen as time of day stays. */
function again(next: CronShape, old: CronShape | undefined): CronShape {
  return old !== undefined && 'times' in old && 'times' in next ? { ...next, times: old.times } : next;
}

function Shape({
  shape,
  disabled,
  onChange,
}: {
  shape: CronShape;
  disabled: boolean;
  onChange: (next: CronShape) => void;
}) {
  const { t } = useTranslation('panel');
  const number = (label: string, value: number, max: number, give: (next: number) => CronShape, min = 1) => (
    <NumberInput
      label={label}
      min={min}
      max={max}
      allowDecimal={false}
      disabled={disabled}
      value={value}
      onChange={(next) => {
        if (typeof next === 'number' && next >= min && next <= max) onChange(give(next));
      }}
    />
  );
  switch (shape.kind) {
    case 'minutes':
      return number(t('cron.every_minutes'), shape.every, 59, (every) => ({ ...shape, every }));
    case 'hours':
      return (
        <div className={step.two}>
          {number(t('cron.every_hours'), shape.every, 23, (every) => ({ ...shape, every }))}
          {number(t('cron.minute'), shape.minute, 59, (minute) => ({ ...shape, minute }), 0)}
        </div>
      );
    default:
      return (
        <>
          {shape.kind === 'weekdays' && (
            <DaysOfWeek
              label={t('window.days')}
              disabled={disabled}
              chosen={(at) => shape.days.includes((at + 1) % 7)}
              onToggle={(at) => {
                const day = (at + 1) % 7;
                const days = shape.days.includes(day)
                  ? shape.days.filter((one) => one !== day)
                  : [...shape.days, day].toSorted((a, b) => a - b);
                if (days.length > 0) onChange({ ...shape, days });
              }}
            />
          )}
          <div className={step.two}>
            {shape.kind === 'monthly' && number(t('cron.day'), shape.day, 31, (day) => ({ ...shape, day }))}
            <TextInput
              label={t('cron.time')}
              type="time"
              disabled={disabled}
              value={shape.times}
              onChange={(event) => {
                if (event.currentTarget.value !== '')
                  onChange({ ...shape, times: event.currentTarget.value });
              }}
            />
          </div>
        </>
      );
  }
}

/** A Sunday. */
const SUNDAY = Date.UTC(2024, 0, 7);
const DAY_MS = 86_400_000;

function Sentence({ shape }: { shape: CronShape | undefined }) {
  const { t } = useTranslation('panel');
  const lang = useLang();
  if (shape === undefined) return null;
  const dayName = new Intl.DateTimeFormat(lang, { weekday: 'long', timeZone: 'UTC' });
  const list = new Intl.ListFormat(formatLocale(lang), { type: 'conjunction' });
  const said = (): string => {
    switch (shape.kind) {
      case 'minutes':
        return t('cron.say_minutes', { count: shape.every });
      case 'hours':
        return t('cron.say_hours', { count: shape.every, minute: shape.minute });
      case 'days':
        return t('cron.say_days', { time: shape.times });
      case 'weekdays':
        return t('cron.say_weekdays', {
          days: list.format(
            shape.days
              .toSorted((a, b) => ((a + 6) % 7) - ((b + 6) % 7))
              .map((day) => dayName.format(SUNDAY + day * DAY_MS)),
          ),
          time: shape.times,
        });
      case 'monthly':
        return t('cron.say_monthly', { day: shape.day, time: shape.times });
    }
  };
  return <p className={classes.sentence}>{said()}</p>;
}

const PAUSE_MS = 300;

function NextTimes({ line }: { line: string }) {
  const { t } = useTranslation('panel');
  const formats = useFormats();
  const zone = textAt(useValue('/trigger/schedule'), 'zone');
  const [asked] = useDebouncedValue(line, PAUSE_MS);
  const { data: found, error } = useQuery({
    queryKey: ['next', asked, zone],
    enabled: asked.trim() !== '',
    retry: false,
    queryFn: ({ signal }) =>
      data(api.POST('/api/v1/schedules/preview', { body: { cron: asked, ...(zone && { zone }) }, signal })),
  });
  if (error !== null) {
    const [first] = asApiError(error).errors;
    return first ? (
      <p className={step.error}>
        {first.message}
        {first.hint ? ` ${first.hint}` : ''}
      </p>
    ) : null;
  }
  if (!found || found.next.length === 0) return null;
  return (
    <div className={classes.next}>
      <p className={step.count}>{t('cron.next')}</p>
      <ol>
        {found.next.map((time) => (
          <li key={time}>{formats.moment(time)}</li>
        ))}
      </ol>
    </div>
  );
}
