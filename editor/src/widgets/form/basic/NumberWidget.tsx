/** A number within its bounds. Knows numbers only. */
import { NumberInput } from '@mantine/core';
import type { WidgetProps } from '../registry';
import { typesOf } from '../schema';
import { common, placeholderOf } from './common';

export function NumberWidget(props: WidgetProps) {
  const { schema, value } = props;
  return (
    <NumberInput
      {...common(props)}
      value={typeof value === 'number' ? value : ''}
      onChange={(next) => props.onChange(typeof next === 'number' ? next : undefined)}
      allowDecimal={!typesOf(schema).includes('integer')}
      min={schema.minimum ?? Number.NEGATIVE_INFINITY}
      max={schema.maximum ?? Number.POSITIVE_INFINITY}
      placeholder={placeholderOf(schema)}
      hideControls
    />
  );
}
