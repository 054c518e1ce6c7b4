/** A step and a trigger in words, the same on card, row, menu and search. Knows schemas; never a kind of node. */
import { createContext, useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '@/i18n/use-lang';
import {
  type Document,
  field,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  kindOf,
  kindPhrase,
  type NodeSpec,
  objectAt,
  type Phrase,
  type Step,
  summaryOf,
  textAt,
  triggerSummary,
} from '@/model';
import { CatalogContext } from '../catalog';
import { useDraftPart, useDraftParts } from '../draft';
import { useSay, useTitles } from '../say';
import { type Answers, withAnswers } from './answers';

export interface StepWords {
  readonly title: string;
  readonly line: string;
  /** Whether anything is said yet about what it does. */
  readonly filled: boolean;
}

export interface Words {
  step(step: Step): StepWords;
  trigger(document: Document): StepWords;
  /** The end, and what ends a run before it. */
  end(document: Document): StepWords;
  way(label: Phrase): string;
}

const WordsContext = createContext<Words | undefined>(undefined);
export const WordsProvider = WordsContext.Provider;

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error('useWords outside of a draft');
  return words;
}

/** Made once for the page, not once for each of its cards. */
export function useMadeWords(): Words {
  const lang = useLang();
  const answers = useAnswers();
  const catalog = useContext(CatalogContext);
  const say = useSay();
  const titles = useTitles();
  const { t } = useTranslation(['model', 'editor']);
  return useMemo(() => {
    const empty = t('summary.empty');
    const known = new WeakMap<Step, StepWords>();
    const answered = (text: string) => withAnswers(text, answers, lang);
    const sayAnswered = (phrase: Phrase) => say({ ...phrase, values: mapTexts(phrase.values, answered) });
    const worded = (step: Step): StepWords => {
      if (kindOf(step) !== 'action') {
        const line = sayAnswered(summaryOf(step));
        return { title: say(kindPhrase(step)), line, filled: line !== empty };
      }
      const kind = textAt(step, 'action') ?? '';
      const spec = Object.hasOwn(catalog.nodes, kind) ? catalog.nodes[kind] : undefined;
      const told = tellingValue(field(step, 'with'), spec, answered);
      const title = kind === '' ? say(kindPhrase(step)) : titles.action(kind);
      return { title, line: told ?? empty, filled: told !== undefined };
    };
    return {
      step(step) {
        let words = known.get(step);
        if (!words) {
          words = worded(step);
          known.set(step, words);
        }
        return words;
      },
      trigger(document) {
        const phrase = triggerSummary(document);
        return {
          title: t('kind.trigger'),
          line: say(phrase),
          filled: phrase.key !== 'summary.trigger_none',
        };
      },
      end(document) {
        const exits = field(document, 'exit');
        const events = isArray(exits) ? exits.flatMap((exit) => textAt(exit, 'event') ?? []) : [];
        const names = [...new Set(events)].map(titles.event).join(', ');
        const line = names === '' ? '' : t('editor:card.exit', { events: names });
        return { title: t('kind.end'), line, filled: true };
      },
      way: sayAnswered,
    };
  }, [answers, lang, catalog, say, titles, t]);
}

function useAnswers(): Answers {
  const { workflow } = useDraftParts();
  const inputs = useDraftPart((state) => field(state.history.document, 'inputs'));
  return useMemo(
    () => ({ inputs: isObject(inputs) ? inputs : {}, given: workflow.inputs as JsonObject }),
    [inputs, workflow.inputs],
  );
}

/** Widgets whose values say where something goes, not what it is. */
const ADDRESSES = new Set(['connection', 'contact']);

/** The first parameter, in the schema's order, that tells two steps of one kind apart. */
function tellingValue(
  values: Json | undefined,
  spec: NodeSpec | undefined,
  answered: (text: string) => string,
): string | undefined {
  if (!isObject(values)) return undefined;
  const fields = Object.entries(objectAt(spec?.params, 'properties'));
  const names = fields.filter(([, schema]) => !ADDRESSES.has(textAt(schema, 'x-widget') ?? ''));
  const order = spec ? names.map(([name]) => name) : Object.keys(values);
  for (const name of order) {
    const value = field(values, name);
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value.trim() !== '') return plain(answered(value));
  }
  return undefined;
}

function mapTexts<V>(values: Readonly<Record<string, V>>, change: (text: string) => string) {
  const changed = Object.entries(values).map(
    ([name, value]) => [name, typeof value === 'string' ? change(value) : value] as const,
  );
  return Object.fromEntries(changed) as Record<string, V>;
}

/** `${event.name}` reads better without its braces. */
function plain(text: string): string {
  return text
    .replaceAll(/\$\{\s*(.*?)\s*\}/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
