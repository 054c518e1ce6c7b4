/** The functions of the catalogue in the reader's language. Knows their shape; no function by name. */
import { useMemo } from 'react';
import { useCatalog } from '@/api/catalog';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import type { Callable } from '../code/calls';

export function useFunctions(): readonly Callable[] {
  const { data } = useCatalog();
  const lang = useLang();
  return useMemo(
    () => (data?.functions ?? []).map((one) => ({ ...one, doc: localText(one.doc, lang) ?? '' })),
    [data, lang],
  );
}
