/** The differences between what is live and the draft, with their words in the reader's language. Draws nothing. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { type Difference, type Document, diff } from '@/model';
import { useDocument, useDraftParts } from '../draft';
import { fieldWords } from './changes';
import { documentOf, versionQuery } from './requests';

const FIELDS = [
  'name',
  'description',
  'rubros',
  'purpose',
  'inputs',
  'trigger',
  'exit',
  'goal',
  'event',
  'webhook',
  'schedule',
  'cron',
  'sensor',
  'zone',
  'manual',
  'where',
  'key',
  'mode',
  'match',
  'outcome',
  'within',
  'action',
  'with',
  'wait',
  'wait_for',
  'for',
  'until',
  'window',
  'from',
  'to',
  'days',
  'timeout',
  'if',
  'when',
  'switch',
  'split',
  'paths',
  'each',
  'parallel',
  'join',
  'repeat',
  'limit',
  'script',
  'set',
  'call',
  'ask',
  'question',
  'answers',
  'goto',
  'stop',
  'then',
  'else',
  'steps',
  'fallback',
  'on_timeout',
  'on_error',
  'retry',
  'note',
  'title',
  'default',
  'type',
] as const;

export interface Changes {
  /** What runs at present; `undefined` while it is fetched or when nothing does. */
  readonly live: Document | undefined;
  readonly differences: readonly Difference[];
  readonly error: unknown;
  readonly loading: boolean;
  fieldOf(difference: Difference): string;
}

export function useChanges(version: number | undefined): Changes {
  const { t } = useTranslation('publish');
  const { workflow, catalog } = useDraftParts();
  const draft = useDocument();
  const lang = useLang();
  const found = useQuery(versionQuery(workflow.id, version));
  const live = useMemo(() => found.data && documentOf(found.data), [found.data]);
  return useMemo(() => {
    const known = (name: string): string => {
      const word = FIELDS.find((one) => one === name);
      return word ? t(`field.${word}`) : name;
    };
    const local = (texts: unknown) => localText(texts, lang);
    return {
      live,
      differences: live ? diff(live, draft) : [],
      error: found.error,
      loading: version !== undefined && found.isPending,
      fieldOf: (difference) =>
        fieldWords(difference, live ? [draft, live] : [draft], catalog, { local, known }),
    };
  }, [live, draft, lang, t, catalog, found.error, found.isPending, version]);
}
