/** A value of one of several shapes: first which, then its fields. Any other value is written as JSON. */
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/catalog';
import { useLang } from '@/i18n/use-lang';
import { FieldsWidget } from '@/widgets/form/basic/FieldsWidget';
import { JsonWidget } from '@/widgets/form/basic/JsonWidget';
import { ListWidget } from '@/widgets/form/basic/ListWidget';
import { type WidgetMap, type WidgetProps, Widgets } from '@/widgets/form/registry';
import { FieldView } from '@/widgets/form/SchemaForm';
import { labelOf } from '@/widgets/form/schema';
import classes from './fields.module.css';

/** That the whole value may be an expression is offered once, around the shapes. */
const WHOLE: WidgetMap = { list: ListWidget, fields: FieldsWidget };

export function AnyWidget(props: WidgetProps) {
  const isChoice = shapesOf(props.schema).filter(({ type }) => type !== undefined).length > 1;
  return isChoice ? <ShapesWidget {...props} /> : <JsonWidget {...props} />;
}

/** The shapes a value may have, without null, which only says that it may be absent. */
export function shapesOf(schema: Schema): readonly Schema[] {
  const parts = schema.oneOf ?? schema.anyOf;
  if (!parts) return schema.type === 'null' ? [] : [schema];
  return parts.flatMap(shapesOf);
}

/** One of several shapes: first which, then its fields. */
function ShapesWidget(props: WidgetProps) {
  const { t } = useTranslation('panel');
  const lang = useLang();
  const { schema, value, onChange, label, path, errors, disabled } = props;
  const shapes = shapesOf(schema);
  const nameOf = (shape: Schema, at: number) => {
    const [name] = shape.required ?? Object.keys(shape.properties ?? {});
    if (name !== undefined) return labelOf(name, shape.properties?.[name] ?? {}, lang);
    return shape.type === 'array' ? t('shape.list') : shape.type === 'object' ? t('shape.map') : `${at + 1}`;
  };
  const at = Math.max(
    0,
    shapes.findIndex((shape) => fits(shape, value)),
  );
  const shape = shapes[at];
  if (shape === undefined) return null;
  return (
    <div className={classes.rows}>
      <Select
        label={props.bare ? undefined : label}
        aria-label={props.bare ? label : undefined}
        disabled={disabled}
        data={shapes.map((one, index) => ({ value: String(index), label: nameOf(one, index) }))}
        value={String(at)}
        onChange={(next) => onChange(emptyOf(shapes[Number(next)] ?? {}))}
      />
      <Widgets add={WHOLE}>
        <FieldView
          field={{ name: label, schema: shape, required: props.required, advanced: false }}
          label={nameOf(shape, at)}
          value={value}
          onChange={onChange}
          path={path}
          errors={errors}
          disabled={disabled}
        />
      </Widgets>
    </div>
  );
}

function fits(shape: Schema, value: unknown): boolean {
  if (Array.isArray(value)) return shape.type === 'array';
  if (value === null || typeof value !== 'object') return shape.type === typeof value;
  return shape.type === 'object' && (shape.required ?? []).every((name) => Object.hasOwn(value, name));
}

function emptyOf(shape: Schema): unknown {
  if (shape.type === 'array') return [];
  if (shape.type !== 'object') return undefined;
  return Object.fromEntries((shape.required ?? []).map((name) => [name, '']));
}
