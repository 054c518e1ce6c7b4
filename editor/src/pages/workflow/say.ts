/** The model's phrases and the catalogue's titles as sentences in the reader's language. Knows no component. */
import { useCallback, useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { parseSpan } from '@/format/duration';
import { localText } from '@/i18n/local';
import { useFormats, useLang } from '@/i18n/use-lang';
import type { Phrase } from '@/model';
import { CatalogContext } from './catalog';
import { MetricsContext } from './metrics';

/** Values that are durations as the engine writes them. */
const SPANS = new Set(['span', 'timeout']);
/** Values that are names of events. */
const EVENTS = new Set(['event', 'events']);

/** Levels of a metric, which are told with its unit. */
const LEVELS = new Set(['limit', 'low', 'high']);

export function useSay(): (phrase: Phrase) => string {
  const { t } = useTranslation('model');
  const titles = useTitles();
  const formats = useFormats();
  const metrics = useContext(MetricsContext);
  return useCallback(
    (phrase) => {
      const values: Record<string, string | number> = {};
      for (const [name, value] of Object.entries(phrase.values)) {
        values[name] = value;
        if (LEVELS.has(name)) {
          const unit = metrics(String(phrase.values.metric)).unit;
          const level = typeof value === 'number' ? formats.number(value) : plain(value);
          values[name] = unit === undefined ? level : `${level} ${unit}`;
          continue;
        }
        if (typeof value !== 'string') continue;
        if (name === 'metric') values[name] = metrics(value).title;
        else if (name === 'action') values[name] = titles.action(value);
        else if (EVENTS.has(name)) values[name] = value.split(', ').map(titles.event).join(', ');
        else if (SPANS.has(name)) {
          const ms = parseSpan(value);
          values[name] = ms === undefined ? plain(value) : formats.span(ms);
        }
      }
      return t(phrase.key as never, values as never) as unknown as string;
    },
    [t, titles, formats, metrics],
  );
}

/** `${inputs.patience}` reads better without its braces. */
function plain(text: string): string {
  return text.replace(/^\$\{\s*(.*?)\s*\}$/, '$1');
}

export interface Titles {
  action(kind: string): string;
  event(type: string): string;
}

export function useTitles(): Titles {
  const catalog = useContext(CatalogContext);
  const lang = useLang();
  return useMemo(
    () => ({
      action: (kind) =>
        (Object.hasOwn(catalog.nodes, kind) ? localText(catalog.nodes[kind]?.title, lang) : undefined) ??
        kind,
      event: (type) =>
        (Object.hasOwn(catalog.events, type) ? localText(catalog.events[type]?.title, lang) : undefined) ??
        type,
    }),
    [catalog, lang],
  );
}
