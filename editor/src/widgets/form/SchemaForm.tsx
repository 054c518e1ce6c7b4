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
import { type Field, fieldsOf, helpOf, inside, isInside, labelOf, widgetOf, withField } from './schema';

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
      path={inside(path, field.name)}
      disabled={disabled}
    />
  );
  if (shown.length === 0) return <div className={classes.fields}>{folded.map(draw)}</div>;
  const wrong = folded.some((field) => {
    const at = inside(path, field.name);
    return errors.some((error) => error.path === at || isInside(error.path, at));
  });
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

export interface FieldViewProps {
  field: Field;
  value: unknown;
  onChange: (next: unknown) => void;
  errors: readonly FieldError[];
  path: string;
  disabled: boolean;
  /** Words for a field whose schema has none. */
  label?: string;
  help?: string | undefined;
  bare?: boolean;
}

/** Widgets that draw fields of their own, each with its own errors. */
const HOLDERS = new Set(['group', 'list', 'fields']);

/** One field by its widget. */
export function FieldView(props: FieldViewProps) {
  const { field, value, onChange, errors, path, disabled, bare = false } = props;
  const lang = useLang();
  const added = useWidgets();
  const find = (name: string) => added[name] ?? BASIC_WIDGETS[name];
  const name = widgetOf(field.schema, (hint) => find(hint) !== undefined);
  const Widget = find(name);
  if (Widget === undefined) return null;
  const found =
    errors.find((error) => error.path === path) ??
    (HOLDERS.has(name) ? undefined : errors.find((error) => isInside(error.path, path)));
  return (
    <div className={classes.field} data-field={path}>
      <Widget
        path={path}
        schema={field.schema}
        label={props.label ?? labelOf(field.name, field.schema, lang)}
        help={props.help ?? helpOf(field.schema, lang)}
        required={field.required}
        disabled={disabled}
        value={value}
        onChange={onChange}
        error={found && toldOf(found)}
        errors={errors}
        bare={bare}
      />
    </div>
  );
}

/** What is wrong and what to do, as one text: some sentences end by themselves. */
function toldOf({ message, hint }: FieldError): string {
  if (!hint) return message;
  return /[.!?]$/.test(message) ? `${message} ${hint}` : `${message}; ${hint}`;
}
