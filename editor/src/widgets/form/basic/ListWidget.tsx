/** Several values of one kind, in an order. Knows that items have a schema; never which. */
import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Rich } from '@/ui/Rich';
import type { WidgetProps } from '../registry';
import { FieldView } from '../SchemaForm';
import classes from '../SchemaForm.module.css';
import { inside } from '../schema';

export function ListWidget({
  path,
  schema,
  label,
  help,
  disabled,
  value,
  onChange,
  error,
  errors,
}: WidgetProps) {
  const { t } = useTranslation('form');
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  const itemSchema = schema.items ?? { type: 'string' };
  const set = (next: unknown[]) => onChange(next.length === 0 ? undefined : next);
  const full = schema.maxItems !== undefined && items.length >= schema.maxItems;
  return (
    <fieldset className={classes.group}>
      <legend>{label}</legend>
      {help !== undefined && (
        <p className={classes.help}>
          <Rich text={help} />
        </p>
      )}
      <div className={classes.rows}>
        {items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no name but their place
          <div key={index} className={classes.row}>
            <FieldView
              field={{
                name: t('list.item', { number: index + 1 }),
                schema: itemSchema,
                required: true,
                advanced: false,
              }}
              value={item}
              onChange={(next) => set(items.with(index, next ?? ''))}
              errors={errors}
              path={inside(path, String(index))}
              disabled={disabled}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              mt={24}
              disabled={disabled}
              aria-label={t('list.remove', { number: index + 1 })}
              onClick={() => set(items.toSpliced(index, 1))}
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
        disabled={disabled || full}
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => set([...items, itemSchema.type === 'object' ? {} : ''])}
        style={{ justifySelf: 'start' }}
      >
        {t('list.add')}
      </Button>
    </fieldset>
  );
}
