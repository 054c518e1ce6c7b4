/** What every widget gives to its input. Knows Mantine's inputs; never a value. */
import type { Schema } from '@/api/catalog';
import { Rich } from '@/ui/Rich';
import type { WidgetProps } from '../registry';

export function common(props: WidgetProps) {
  const called = props.bare ? { 'aria-label': props.label } : { label: props.label };
  return {
    ...called,
    description: props.help === undefined ? undefined : <Rich text={props.help} />,
    error: props.error === undefined ? undefined : <Rich text={props.error} />,
    required: props.required,
    disabled: props.disabled,
    name: props.path,
  };
}

/** The value that holds when a field is left empty. */
export function placeholderOf(schema: Schema): string | undefined {
  const { default: value } = schema;
  return value === undefined || value === null || value === '' ? undefined : String(value);
}
