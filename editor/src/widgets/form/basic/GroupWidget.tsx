/** An object inside an object: a form inside the form. Knows schemas; never what the object is. */
import { Rich } from '@/ui/Rich';
import type { WidgetProps } from '../registry';
import { SchemaForm } from '../SchemaForm';
import classes from '../SchemaForm.module.css';

export function GroupWidget({
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
  const object = value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  return (
    <fieldset className={classes.group}>
      <legend>{label}</legend>
      {help !== undefined && (
        <p className={classes.help}>
          <Rich text={help} />
        </p>
      )}
      <SchemaForm
        schema={schema}
        value={object}
        onChange={(next) => onChange(Object.keys(next).length === 0 ? undefined : next)}
        errors={errors}
        path={path}
        disabled={disabled}
      />
      {error !== undefined && <p className={classes.error}>{error}</p>}
    </fieldset>
  );
}
