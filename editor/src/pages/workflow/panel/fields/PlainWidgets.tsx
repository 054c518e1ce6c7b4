/** Small widgets of documents: texts per language, times of day, money. Knows their forms only. */
import { Button, Input, NumberInput, Select, TextInput } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { LANGUAGE_NAMES, LANGUAGES } from '@/i18n/languages';
import { Rich } from '@/ui/Rich';
import { common } from '@/widgets/form/basic/common';
import type { WidgetProps } from '@/widgets/form/registry';
import formClasses from '@/widgets/form/SchemaForm.module.css';
import { inside, withField } from '@/widgets/form/schema';

/** A text that the reader sees in the own language. */
export function TextsWidget(props: WidgetProps) {
  const { t } = useTranslation('panel');
  const { label, help, error, errors, disabled, value, onChange, path, required } = props;
  if (value === undefined || typeof value === 'string') {
    return (
      <div>
        <TextInput
          {...common(props)}
          value={value ?? ''}
          onChange={(event) => {
            const text = event.currentTarget.value;
            onChange(text === '' && !required ? undefined : text);
          }}
        />
        {!disabled && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            mt={4}
            h={26}
            onClick={() => onChange(Object.fromEntries(LANGUAGES.map((lang) => [lang, value ?? ''])))}
          >
            {t('texts.each')}
          </Button>
        )}
      </div>
    );
  }
  const texts = (value ?? {}) as Record<string, unknown>;
  return (
    <fieldset className={formClasses.group}>
      <legend>{label}</legend>
      {help !== undefined && (
        <p className={formClasses.help}>
          <Rich text={help} />
        </p>
      )}
      {LANGUAGES.map((lang) => {
        const at = inside(path, lang);
        const found = errors.find((one) => one.path === at);
        return (
          <div key={lang} data-field={at}>
            <TextInput
              label={LANGUAGE_NAMES[lang]}
              lang={lang}
              disabled={disabled}
              error={found?.message}
              value={typeof texts[lang] === 'string' ? texts[lang] : ''}
              onChange={(event) => {
                const next = withField(texts, lang, event.currentTarget.value || undefined);
                onChange(Object.keys(next).length === 0 && !required ? undefined : next);
              }}
            />
          </div>
        );
      })}
      {error !== undefined && <p className={formClasses.error}>{error}</p>}
    </fieldset>
  );
}

/** A time of day, `09:00`. */
export function TimeWidget(props: WidgetProps) {
  return (
    <TextInput
      {...common(props)}
      type="time"
      value={typeof props.value === 'string' ? props.value : ''}
      onChange={(event) => props.onChange(event.currentTarget.value || undefined)}
    />
  );
}

const MINOR_UNITS = 2;

/** How many digits a currency has behind the point. */
function digitsOf(currency: string): number {
  try {
    const form = new Intl.NumberFormat('en', { style: 'currency', currency });
    return form.resolvedOptions().maximumFractionDigits ?? MINOR_UNITS;
  } catch {
    return MINOR_UNITS;
  }
}

const CURRENCIES = ['ARS', 'BRL', 'CLP', 'COP', 'EUR', 'MXN', 'PEN', 'PYG', 'USD', 'UYU'];

/** An amount as people write it; kept in the smallest unit with its currency. */
export function MoneyWidget(props: WidgetProps) {
  const { t } = useTranslation('panel');
  const { label, help, error, required, disabled, value, onChange } = props;
  const id = useId();
  const money = (value ?? {}) as { amount?: unknown; currency?: unknown };
  const currency = typeof money.currency === 'string' ? money.currency : 'ARS';
  const size = 10 ** digitsOf(currency);
  const amount = typeof money.amount === 'number' ? money.amount / size : '';
  return (
    <Input.Wrapper
      id={id}
      label={label}
      labelElement="div"
      description={help === undefined ? undefined : <Rich text={help} />}
      error={error}
      required={required}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid in every browser */}
      <div className={formClasses.span} role="group" aria-label={label}>
        <NumberInput
          aria-label={t('money.amount', { label })}
          decimalScale={digitsOf(currency)}
          hideControls
          disabled={disabled}
          value={amount}
          onChange={(next) =>
            onChange(typeof next === 'number' ? { amount: Math.round(next * size), currency } : undefined)
          }
        />
        <Select
          aria-label={t('money.currency', { label })}
          disabled={disabled}
          data={CURRENCIES.includes(currency) ? CURRENCIES : [...CURRENCIES, currency]}
          value={currency}
          onChange={(next) => {
            if (next === null) return;
            const whole = typeof amount === 'number' ? Math.round(amount * 10 ** digitsOf(next)) : 0;
            onChange({ amount: whole, currency: next });
          }}
        />
      </div>
    </Input.Wrapper>
  );
}
