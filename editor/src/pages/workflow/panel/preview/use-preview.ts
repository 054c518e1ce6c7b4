/** What an expression gives on the sample, asked of the server while somebody types. Knows the request; no field. */
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, data } from '@/api/client';
import type { ExpressionPreviewed } from '@/api/schema.gen';
import { useLang } from '@/i18n/use-lang';
import { type Json, type JsonObject, readsIn } from '@/model';
import type { Trial } from '../../sample/trial';
import type { Fault } from '../code/faults';

export type PreviewKind = 'expression' | 'template' | 'script';

export type Preview =
  | { readonly state: 'none' }
  | { readonly state: 'value'; readonly value: Json }
  | { readonly state: 'error'; readonly message: string; readonly fault: Fault | undefined };

const NOTHING: Preview = { state: 'none' };
const PAUSE_MS = 250;
const KEPT_MS = 60_000;

/** What came of it, nothing without a kind; an error's `fault` has its place while the source is the one that was tried. */
export function usePreview(kind: PreviewKind | undefined, source: string, trial: Trial): Preview {
  const lang = useLang();
  const [asked] = useDebouncedValue(source, PAUSE_MS);
  const isWorth = kind !== undefined && asked.trim() !== '' && (kind !== 'template' || asked.includes('${'));
  const scope = isWorth ? needed(kind, asked, trial) : {};
  const {
    data: found,
    isError,
    isPlaceholderData,
  } = useQuery({
    queryKey: ['preview', kind, lang, asked, JSON.stringify(scope)],
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
    placeholderData: keepPreviousData,
    queryFn: isWorth
      ? ({ signal }): Promise<ExpressionPreviewed> =>
          data(api.POST('/api/v1/expressions/preview', { body: { kind, source: asked, scope }, signal }))
      : skipToken,
  });
  const isFresh = asked === source && !isPlaceholderData;
  return useMemo(() => {
    // A server that is away says nothing of the expression.
    if (!isWorth || source.trim() === '' || isError || !found) return NOTHING;
    if (!('error' in found)) return { state: 'value', value: found.value as Json };
    const { message, line, column } = found.error;
    const hasPlace = isFresh && line !== null && column !== null;
    return { state: 'error', message, fault: hasPlace ? { message, line, column } : undefined };
  }, [isWorth, isFresh, source, isError, found]);
}

/** The roots that a source names, so that little is sent and other edits change nothing. */
export function needed(kind: PreviewKind, source: string, trial: Trial): JsonObject {
  const steps = readsIn(kind === 'template' ? { with: source } : { script: source });
  const named = Object.entries(trial).filter(([root]) => new RegExp(`\\b${root}\\b`).test(source));
  return Object.fromEntries(
    named.map(([root, value]) => {
      const isFew = root === 'steps' && steps.size > 0 && value !== null && typeof value === 'object';
      const some = isFew ? Object.entries(value).filter(([key]) => steps.has(key)) : undefined;
      return [root, some ? Object.fromEntries(some) : value];
    }),
  );
}
