/** One row of a condition: field, comparison, value. Knows the fields there are by their scope. */
import { ActionIcon, Select, TextInput } from '@mantine/core';
import { IconChevronDown, IconX } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldScope } from '../scope/use-scope';
import { VariablePicker } from '../scope/VariablePicker';
import classes from './Condition.module.css';
import { ALONE, type Comparison, type Rule } from './condition';
import { choicesFor, comparisonsFor, operandOf, typedOf, withField } from './offers';

interface Props {
  rule: Rule;
  number: number;
  scope: FieldScope;
  disabled: boolean;
  onChange: (next: Rule) => void;
}

export function RuleRow({ rule, number, scope, disabled, onChange }: Props) {
  const { t } = useTranslation('panel');
  const kindOf = (path: string) => scope.words.get(path)?.kind ?? 'any';
  const name = scope.words.get(rule.path)?.label ?? rule.path;
  const label = t('condition.field', { number });
  return (
    <div className={classes.rule}>
      <VariablePicker
        groups={scope.named}
        label={label}
        onPick={({ expression }) => onChange(withField(rule, expression, kindOf(expression)))}
        target={(open) => (
          <button
            type="button"
            className={classes.field}
            disabled={disabled}
            data-empty={rule.path === '' || undefined}
            data-unknown={(rule.path !== '' && !scope.words.has(rule.path)) || undefined}
            aria-label={rule.path === '' ? label : `${label}: ${name}`}
            onClick={open}
          >
            <span className={classes.name}>{rule.path === '' ? t('condition.choose') : name}</span>
            <IconChevronDown size={15} aria-hidden />
          </button>
        )}
      />
      {rule.path !== '' && (
        <div className={classes.compared}>
          <Select
            className={classes.comparison}
            aria-label={t('condition.comparison', { number })}
            disabled={disabled}
            comboboxProps={{ withinPortal: true }}
            data={comparisonsFor(kindOf(rule.path), rule.comparison).map((one) => ({
              value: one,
              label: t(`comparison.${one}`),
            }))}
            value={rule.comparison}
            onChange={(next) => {
              if (next !== null) onChange({ ...rule, comparison: next as Comparison });
            }}
          />
          {!ALONE.has(rule.comparison) && (
            <RuleValue rule={rule} number={number} scope={scope} disabled={disabled} onChange={onChange} />
          )}
        </div>
      )}
    </div>
  );
}

function RuleValue({ rule, number, scope, disabled, onChange }: Props) {
  const { t } = useTranslation('panel');
  const place = useRef<HTMLDivElement>(null);
  const variable = scope.words.get(rule.path);
  const label = t('condition.value', { number });
  const choices = variable && choicesFor(variable.schema);
  if (rule.value?.kind === 'path') {
    const { path } = rule.value;
    return (
      <div className={classes.other} ref={place}>
        <span className={classes.name}>{scope.words.get(path)?.label ?? path}</span>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={26}
          disabled={disabled}
          aria-label={t('condition.fixed', { number })}
          onClick={() => onChange({ path: rule.path, comparison: rule.comparison })}
        >
          <IconX size={15} aria-hidden />
        </ActionIcon>
      </div>
    );
  }
  const typed = typedOf(rule.value);
  const isListed = choices !== undefined && (rule.value === undefined || choices.includes(typed));
  return (
    <div className={classes.value} ref={place}>
      {isListed ? (
        <Select
          aria-label={label}
          disabled={disabled}
          data={[...choices]}
          value={rule.value === undefined ? null : typed}
          onChange={(next) => {
            if (next !== null) onChange({ ...rule, value: { kind: 'text', text: next } });
          }}
        />
      ) : (
        <TextInput
          aria-label={label}
          disabled={disabled}
          inputMode={variable?.kind === 'number' ? 'decimal' : undefined}
          value={typed}
          onChange={(event) =>
            onChange({ ...rule, value: operandOf(event.currentTarget.value, variable?.kind ?? 'any') })
          }
        />
      )}
      {!disabled && (
        <VariablePicker
          groups={scope.named}
          label={label}
          onPick={({ expression }) => {
            onChange({ ...rule, value: { kind: 'path', path: expression } });
            // The field that was there is gone by then.
            requestAnimationFrame(() => place.current?.querySelector('button')?.focus());
          }}
        />
      )}
    </div>
  );
}
