/** What a kind of step is called: a node's title from the catalogue, a block's from our texts. Knows no node by name. */
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
