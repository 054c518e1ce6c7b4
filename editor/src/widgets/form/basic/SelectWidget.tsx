/** One of a few values. Knows the schema's choices; never what they mean. */
import { Select } from '@mantine/core';
import { useLang } from '@/i18n/use-lang';
import type { WidgetProps } from '../registry';
import { asWords, choicesOf, labelOf } from '../schema';
import { common } from './common';

export function SelectWidget(props: WidgetProps) {
  const lang = useLang();
  const choices = choicesOf(props.schema) ?? [];
  const chosen = props.value ?? props.schema.default;
  return (
    <Select
      {...common(props)}
      data={choices.map(({ value, schema }) => ({
        value,
        label: schema['x-titles'] === undefined ? asWords(value) : labelOf(value, schema, lang),
      }))}
      value={chosen === undefined || chosen === null ? null : String(chosen)}
      onChange={(next) => props.onChange(next ?? undefined)}
      clearable={!props.required}
    />
  );
}
