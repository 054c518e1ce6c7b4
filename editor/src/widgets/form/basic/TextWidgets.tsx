/** Text in one line, in several, and as an address. Knows text only. */
import { Textarea, TextInput } from '@mantine/core';
import type { WidgetProps } from '../registry';
import { common, placeholderOf } from './common';

/** An emptied optional field is absent; an emptied required one is empty, so that the checker speaks. */
function read(text: string, required: boolean): string | undefined {
  return text === '' && !required ? undefined : text;
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

export function TextWidget(props: WidgetProps) {
  return (
    <TextInput
      {...common(props)}
      placeholder={placeholderOf(props.schema)}
      maxLength={props.schema.maxLength}
      value={textOf(props.value)}
      onChange={(event) => props.onChange(read(event.currentTarget.value, props.required))}
    />
  );
}

export function UrlWidget(props: WidgetProps) {
  return (
    <TextInput
      {...common(props)}
      type="url"
      inputMode="url"
      spellCheck={false}
      placeholder={placeholderOf(props.schema) ?? 'https://'}
      value={textOf(props.value)}
      onChange={(event) => props.onChange(read(event.currentTarget.value.trim(), props.required))}
    />
  );
}

export function TextareaWidget(props: WidgetProps) {
  return (
    <Textarea
      {...common(props)}
      rows={4}
      value={textOf(props.value)}
      onChange={(event) => props.onChange(read(event.currentTarget.value, props.required))}
    />
  );
}
