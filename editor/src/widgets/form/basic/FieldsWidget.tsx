/** Names with values, as somebody writes them. Knows pairs of texts; never what they are for. */
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Rich } from '@/ui/Rich';
import type { WidgetProps } from '../registry';
import classes from '../SchemaForm.module.css';

type Pair = { key: number; name: string; value: unknown };

/** The pairs as an object; the last of equal names counts, and a pair without a name does not. */
export function objectOf(pairs: readonly Pair[]): Record<string, unknown> | undefined {
  const named = pairs.filter((pair) => pair.name !== '');
  return named.length === 0 ? undefined : Object.fromEntries(named.map((pair) => [pair.name, pair.value]));
}

export function FieldsWidget({ label, help, disabled, value, onChange, error }: WidgetProps) {
  const { t } = useTranslation('form');
  const counter = useRef(0);
  const read = (): Pair[] =>
    Object.entries((value ?? {}) as Record<string, unknown>).map(([name, each]) => {
      counter.current += 1;
      return { key: counter.current, name, value: each };
    });
  // A pair whose name is still empty is in no object, so the pairs are kept beside it.
  const [pairs, setPairs] = useState<Pair[]>(read);
  const told = JSON.stringify(value ?? {});

  // biome-ignore lint/correctness/useExhaustiveDependencies: only what comes from outside replaces the pairs
  useEffect(() => {
    if (JSON.stringify(objectOf(pairs) ?? {}) !== told) setPairs(read());
  }, [told]);

  const set = (next: Pair[]) => {
    setPairs(next);
    onChange(objectOf(next));
  };

  return (
    <fieldset className={classes.group}>
      <legend>{label}</legend>
      {help !== undefined && (
        <p className={classes.help}>
          <Rich text={help} />
        </p>
      )}
      <div className={classes.rows}>
        {pairs.map((pair, index) => (
          <div key={pair.key} className={classes.row}>
            <div className={classes.pair}>
              <TextInput
                aria-label={t('fields.name', { number: index + 1 })}
                placeholder={t('fields.name_placeholder')}
                disabled={disabled}
                value={pair.name}
                onChange={(event) => set(pairs.with(index, { ...pair, name: event.currentTarget.value }))}
              />
              <TextInput
                aria-label={t('fields.value', { number: index + 1 })}
                placeholder={t('fields.value_placeholder')}
                disabled={disabled}
                value={typeof pair.value === 'string' ? pair.value : JSON.stringify(pair.value)}
                onChange={(event) => set(pairs.with(index, { ...pair, value: event.currentTarget.value }))}
              />
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              disabled={disabled}
              aria-label={t('list.remove', { number: index + 1 })}
              onClick={() => set(pairs.toSpliced(index, 1))}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          </div>
        ))}
      </div>
      {error !== undefined && <p className={classes.error}>{error}</p>}
      <Button
        variant="default"
        size="xs"
        disabled={disabled}
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => {
          counter.current += 1;
          setPairs([...pairs, { key: counter.current, name: '', value: '' }]);
        }}
        style={{ justifySelf: 'start' }}
      >
        {t('list.add')}
      </Button>
    </fieldset>
  );
}
