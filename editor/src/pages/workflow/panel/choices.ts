/** Fixed choices of the document format as a schema, with words in the reader's language. Knows no choice. */
import { useMemo } from 'react';
import type { Schema } from '@/api/catalog';
import { useLang } from '@/i18n/use-lang';

/** `preset` is what holds when nothing is written. */
export function useChoices(
  values: readonly string[],
  wordOf: (value: string) => string,
  preset?: string,
): Schema {
  const lang = useLang();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words follow the language
  return useMemo(
    () => ({
      type: 'string',
      oneOf: values.map((value) => ({ const: value, 'x-titles': { [lang]: wordOf(value) } })),
      ...(preset === undefined ? {} : { default: preset }),
    }),
    [values, lang, preset],
  );
}

export const PURPOSES = ['marketing', 'transactional', 'service', 'internal'] as const;
