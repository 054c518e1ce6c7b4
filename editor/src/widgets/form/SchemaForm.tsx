/**
 * A form drawn from a JSON Schema. It holds no state: the value comes in and changes go out.
 *
 * Knows schemas and widgets by name; never a node, a connector or where the value is kept.
 */
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/catalog';
import type { FieldError } from '@/api/schema.gen';
import { useLang } from '@/i18n/use-lang';
import { BASIC_WIDGETS } from './basic';
import { useWidgets } from './registry';
import classes from './SchemaForm.module.css';
import { type Field, fieldsOf, helpOf, labelOf, widgetOf, withField } from './schema';

export interface SchemaFormProps {
  schema: Schema;
  value: Readonly<Record<string, unknown>>;
  onChange: (next: Record<string, unknown>) => void;
  /** Problems by path. */
  errors?: readonly FieldError[];
  /** Where the object lies in what is sent; its fields' paths begin with it. */
  path?: string;
  disabled?: boolean;
}

export function SchemaForm({
  schema,
  value,
  onChange,
  errors = [],
  path = '',
  disabled = false,
}: SchemaFormProps) {
  const { t } = useTranslation('form');
  const fields = fieldsOf(schema);
  const shown = fields.filter((field) => !field.advanced);
  const folded = fields.filter((field) => field.advanced);
  const draw = (field: Field) => (
    <FieldView
      key={field.name}
      field={field}
      value={value[field.name]}
      onChange={(next) => onChange(withField(value, field.name, next))}
      errors={errors}
      path={path === '' ? field.name : `${path}.${field.name}`}
      disabled={disabled}
    />
  );
  if (shown.length === 0) return <div className={classes.fields}>{folded.map(draw)}</div>;
  const wrong = folded.some((field) =>
    errors.some((error) => error.path.startsWith(`${path}.${field.name}`)),
  );
  return (
    <div className={classes.fields}>
      {shown.map(draw)}
      {folded.length > 0 && (
        <details className={classes.more} open={wrong || undefined}>
          <summary>{t('more')}</summary>
          <div className={classes.fields}>{folded.map(draw)}</div>
        </details>
      )}
    </div>
  );
}

interface FieldViewProps {
  field: Field;
  value: unknown;
  onChange: (next: unknown) => void;
  errors: readonly FieldError[];
  path: string;
  disabled: boolean;
}

/** One field by its widget. */
export function FieldView({ field, value, onChange, errors, path, disabled }: FieldViewProps) {
  const lang = useLang();
  const added = useWidgets();
  const find = (name: string) => added[name] ?? BASIC_WIDGETS[name];
  const name = widgetOf(field.schema, (hint) => find(hint) !== undefined);
  const Widget = find(name);
  if (Widget === undefined) return null;
  const found = errors.find((error) => error.path === path);
  return (
    <Widget
      path={path}
      schema={field.schema}
      label={labelOf(field.name, field.schema, lang)}
      help={helpOf(field.schema, lang)}
      required={field.required}
      disabled={disabled}
      value={value}
      onChange={onChange}
      error={found && (found.hint ? `${found.message}; ${found.hint}` : found.message)}
      errors={errors}
    />
  );
}
