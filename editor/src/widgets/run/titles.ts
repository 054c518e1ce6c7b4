/** What kinds of steps and events are called: by the catalogue, and blocks by our texts. Knows none by name. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalog } from '@/api/catalog';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { blockOf } from './story';

export function useKindTitle(): (kind: string) => string {
  const { t } = useTranslation('runs');
  const lang = useLang();
  const { data: catalog } = useCatalog();
  return useCallback(
    (kind) => {
      const block = blockOf(kind);
      if (block !== undefined) return t(`block.${block}`);
      return localText(catalog?.nodes[kind]?.title, lang) ?? kind;
    },
    [t, lang, catalog],
  );
}

export function useEventTitle(): (type: string) => string {
  const lang = useLang();
  const { data: catalog } = useCatalog();
  return useCallback((type) => localText(catalog?.events[type]?.title, lang) ?? type, [lang, catalog]);
}
