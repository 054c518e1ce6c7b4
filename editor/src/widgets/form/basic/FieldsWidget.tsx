/** Names with values, as somebody writes them. Knows pairs; never what they are for. */
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/catalog';
import { Rich } from '@/ui/Rich';
import type { WidgetProps } from '../registry';
import { FieldView } from '../SchemaForm';
import classes from '../SchemaForm.module.css';
import { inside } from '../schema';
import { usePairs } from './pairs';

const TEXT: Schema = { type: 'string' };

export function FieldsWidget({ path, label, help, disabled, value, onChange, error, errors }: WidgetProps) {
  const { t } = useTranslation('form');
  const { pairs, set, add } = usePairs(value, onChange);
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
              <FieldView
                field={{ name: pair.name, schema: TEXT, required: true, advanced: false }}
                label={t('fields.value', { number: index + 1 })}
                bare
                disabled={disabled}
                path={inside(path, pair.name)}
                errors={errors}
                value={typeof pair.value === 'string' ? pair.value : JSON.stringify(pair.value)}
                onChange={(next) => set(pairs.with(index, { ...pair, value: alike(pair.value, next) }))}
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
        onClick={() => add('')}
        style={{ justifySelf: 'start' }}
      >
        {t('list.add')}
      </Button>
    </fieldset>
  );
}

/** What was a number, a list or whatever else stays one as long as what is typed still is. */
function alike(before: unknown, typed: unknown): unknown {
  if (typeof before === 'string' || typeof typed !== 'string') return typed ?? '';
  try {
    const read: unknown = JSON.parse(typed);
    return typeof read === 'string' ? typed : read;
  } catch {
    return typed;
  }
}
