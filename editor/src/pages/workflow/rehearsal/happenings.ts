/**
 * What can happen to a run: the events its document listens for, with data that would match.
 *
 * Pure; knows waits, exits and goals, never an event by name.
 */
import { type Catalog, type Document, field, isArray, isObject, type Json, placesOf, textAt } from '@/model';

export type Listener = 'wait' | 'exit' | 'goal';

export interface Offered {
  readonly type: string;
  /** Who listens for it, the first of several. */
  readonly by: Listener;
  readonly data: Json;
}

/** The events the document itself names, each once, those that people wait for first. */
export function offeredBy(document: Document, catalog: Catalog, event: Json): readonly Offered[] {
  const found = new Map<string, Offered>();
  const put = (listener: Json, by: Listener): void => {
    const types = field(listener, 'event');
    for (const type of isArray(types) ? types : [types]) {
      if (typeof type !== 'string' || type === '' || found.has(type)) continue;
      found.set(type, { type, by, data: matching(sampleOf(catalog, type), field(listener, 'match'), event) });
    }
  };
  for (const { step } of placesOf(document).values()) {
    const wait = field(step, 'wait_for');
    const any = field(wait, 'any');
    for (const one of isArray(any) ? any : [wait]) if (isObject(one)) put(one, 'wait');
  }
  const exits = field(document, 'exit');
  for (const exit of isArray(exits) ? exits : []) put(exit, 'exit');
  const goal = field(document, 'goal');
  if (goal !== undefined) put(goal, 'goal');
  return [...found.values()];
}

/** Data of an event nobody in the document names. */
export function sampleOf(catalog: Catalog, type: string): Json {
  return Object.hasOwn(catalog.events, type) ? (catalog.events[type]?.sample ?? {}) : {};
}

/** The sample with the fields by which the run would know it, as far as they come from its event. */
function matching(sample: Json, match: Json | undefined, event: Json): Json {
  if (!isObject(match)) return sample;
  const known = Object.entries(match).flatMap(([name, value]): [string, Json][] => {
    const path = typeof value === 'string' ? /^\$\{\s*event((?:\.\w+)+)\s*\}$/.exec(value)?.[1] : undefined;
    const found = path?.slice(1).split('.').reduce<Json | undefined>(field, event);
    if (found !== undefined) return [[name, found]];
    return path === undefined && typeof value === 'string' && !value.includes('${') ? [[name, value]] : [];
  });
  return { ...(isObject(sample) ? sample : {}), ...Object.fromEntries(known) };
}

/** What the event says in words, when a person wrote it. */
export function textOf(data: unknown): string | undefined {
  return isObject(data as Json) ? textAt(data as Json, 'text') : undefined;
}
