/** A length of time as a number and a unit; what does not fit into one unit is written as `1h30m`. Knows durations. */
import { Input, NumberInput, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatSpan, parseSpan } from '@/format/duration';
import { Rich } from '@/ui/Rich';
import type { WidgetProps } from '../registry';
import classes from '../SchemaForm.module.css';
import { placeholderOf } from './common';
import { sizeOf, UNITS, unitOf } from './units';

export function DurationWidget(props: WidgetProps) {
  const { t } = useTranslation('form');
  const { label, help, error, required, disabled, value, onChange } = props;
  const text = typeof value === 'string' ? value : '';
  const ms = parseSpan(text);
  const unit = ms === undefined ? undefined : ms === 0 ? 'm' : unitOf(ms);

  // An expression, or hours and minutes: the text itself is edited.
  if (text !== '' && unit === undefined) {
    return (
      <TextInput
        label={label}
        description={help === undefined ? undefined : <Rich text={help} />}
        error={error ?? (ms === undefined && !text.includes('${') ? t('duration.wrong') : undefined)}
        required={required}
        disabled={disabled}
        value={text}
        onChange={(event) =>
          onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)
        }
      />
    );
  }
  const size = sizeOf(unit ?? 'm');
  return (
    <Input.Wrapper
      label={label}
      description={help === undefined ? undefined : <Rich text={help} />}
      error={error}
      required={required}
      labelElement="div"
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid in every browser */}
      <div className={classes.span} role="group" aria-label={label}>
        <NumberInput
          aria-label={t('duration.amount', { label })}
          min={0}
          allowDecimal={false}
          hideControls
          disabled={disabled}
          placeholder={placeholderOf(props.schema)}
          value={ms === undefined ? '' : ms / size}
          onChange={(next) => onChange(typeof next === 'number' ? `${next}${unit ?? 'm'}` : undefined)}
        />
        <Select
          aria-label={t('duration.unit', { label })}
          disabled={disabled}
          value={unit ?? 'm'}
          onChange={(next) => {
            if (next !== null && ms !== undefined) onChange(formatUnit(ms / size, next));
          }}
          data={UNITS.map((each) => ({ value: each, label: t(`duration.${each}`) }))}
        />
      </div>
    </Input.Wrapper>
  );
}

function formatUnit(count: number, unit: string): string {
  return count === 0 ? formatSpan(0) : `${count}${unit}`;
}
