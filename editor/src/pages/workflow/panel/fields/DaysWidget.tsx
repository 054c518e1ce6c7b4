/** Days of the week to switch on and off. Knows how windows write them. */
import { Input } from '@mantine/core';
import { useId } from 'react';
import { useLang } from '@/i18n/use-lang';
import type { Json } from '@/model';
import type { WidgetProps } from '@/widgets/form/registry';
import { DAYS, readDays, writeDays } from '../step/days';
import classes from './Days.module.css';

/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

interface DaysProps {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  disabled: boolean;
  /** Monday is 0. */
  chosen: (at: number) => boolean;
  onToggle: (at: number) => void;
}

export function DaysOfWeek({ label, help, error, disabled, chosen, onToggle }: DaysProps) {
  const lang = useLang();
  const id = useId();
  const name = (at: number, weekday: 'short' | 'long') =>
    new Intl.DateTimeFormat(lang, { weekday, timeZone: 'UTC' }).format(MONDAY + at * DAY_MS);
  return (
    <Input.Wrapper id={id} label={label} labelElement="div" description={help} error={error}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row in every browser */}
      <div className={classes.days} role="group" aria-label={label}>
        {DAYS.map((day, at) => (
          <button
            key={day}
            type="button"
            className={classes.day}
            aria-pressed={chosen(at)}
            title={name(at, 'long')}
            disabled={disabled}
            onClick={() => onToggle(at)}
          >
            {name(at, 'short')}
          </button>
        ))}
      </div>
    </Input.Wrapper>
  );
}

export function DaysWidget({ label, help, error, disabled, value, onChange }: WidgetProps) {
  const days = readDays(value as Json | undefined) ?? new Set();
  return (
    <DaysOfWeek
      label={label}
      help={help}
      error={error}
      disabled={disabled}
      chosen={(at) => days.has(DAYS[at] ?? 'mon')}
      onToggle={(at) => {
        const next = new Set(days);
        const day = DAYS[at] ?? 'mon';
        if (!next.delete(day)) next.add(day);
        if (next.size > 0) onChange(writeDays(next));
      }}
    />
  );
}
