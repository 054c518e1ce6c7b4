/**
 * The variables at a field of the panel, with their words, and what an expression there is tried on.
 *
 * Fields of one step see the same, so it is worked out once for all of them. Knows the model's scope and the sample.
 */

import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { createContext, useContext, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '@/api/client';
import { useLang } from '@/i18n/use-lang';
import {
  type Document,
  field,
  type Json,
  type JsonObject,
  placeAt,
  placesOf,
  type ScopeGroup,
  scopeAt,
} from '@/model';
import { useDocument, useDraftParts, useSample } from '../../draft';
import { type Trial, trialOf } from '../../sample/trial';
import { type Named, type NamedGroup, nameGroups, stepName } from './names';

export interface FieldScope {
  readonly groups: readonly ScopeGroup[];
  readonly named: readonly NamedGroup[];
  readonly words: ReadonlyMap<string, Named>;
  readonly trial: Trial;
}

type Give = (path: string) => FieldScope;

const Context = createContext<Give | undefined>(undefined);
export const ScopeContext = Context.Provider;

/** The variables at a field, by its pointer in the document. */
export function useScope(path: string): FieldScope {
  const give = useContext(Context);
  if (!give) throw new Error('useScope outside of a panel');
  return give(path);
}

/** Works scopes out, each once for as long as nothing changes that they depend on. */
export function useScopes(): Give {
  const { catalog, workflow } = useDraftParts();
  const document = useSettled(useDocument());
  const sample = useSample();
  const contact = useContactOf(sample.from === 'example' ? undefined : sample.event);
  const lang = useLang();
  const { t } = useTranslation('panel');
  const cache = useRef(new Map<string, FieldScope>());
  return useMemo(() => {
    cache.current = new Map();
    const known = {
      event: sample.event,
      steps: sample.steps,
      contact,
      inputs: workflow.inputs as JsonObject,
    };
    const nameOf = (group: ScopeGroup): string => {
      if (group.kind === 'step') return stepName(group.step ?? '');
      if (group.kind === 'item') return group.variable.name;
      return t(`group.${group.kind}`);
    };
    return (path) => {
      // Only conditions about an arriving event and the foot of a loop see more than their step.
      const special = /\/(where|until)$/.test(path);
      const key = special ? path : (placeAt(document, path)?.path ?? path.split('/')[1] ?? '');
      const found = cache.current.get(key);
      if (found) return found;
      const groups = scopeAt(document, catalog, path);
      const trial = trialOf(document, groups, known);
      const named = nameGroups(groups, trial, lang, nameOf);
      const words = new Map(
        named.flatMap((group) => group.all.map((word) => [word.expression, word] as const)),
      );
      const made = { groups, named, words, trial };
      cache.current.set(key, made);
      return made;
    };
  }, [document, catalog, workflow, sample, contact, lang, t]);
}

const PAUSE_MS = 300;

/**
 * The document for what changes seldom: while somebody types into a field, the one before; when steps come, go or
 * move, the new one at once.
 */
function useSettled(document: Document): Document {
  const [settled] = useDebouncedValue(document, PAUSE_MS);
  return hasSamePlaces(settled, document) ? settled : document;
}

function hasSamePlaces(one: Document, other: Document): boolean {
  const [places, others] = [placesOf(one), placesOf(other)];
  if (places.size !== others.size) return false;
  for (const [key, place] of places) if (others.get(key)?.path !== place.path) return false;
  return true;
}

/** The person the sample is about, when it names one we know. */
function useContactOf(event: Json | undefined): Json | undefined {
  const id = field(event, 'contact');
  const isId = typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id);
  const found = useQuery({
    queryKey: ['sample', 'contact', id],
    enabled: isId,
    retry: false,
    queryFn: async ({ signal }) => {
      const path = { kind: 'contact', record_id: String(id) };
      const record = await data(api.GET('/api/v1/records/{kind}/{record_id}', { params: { path }, signal }));
      return { ...(record.data as JsonObject), id: record.id };
    },
  });
  return isId ? found.data : undefined;
}
