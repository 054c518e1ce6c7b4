/**
 * A document taken apart into steps by id, each with its own fields and the list it stands in: what
 * merging and comparing work on, so that a moved step is a moved step and not two changes.
 *
 * Knows no node kind.
 */

import { asSteps, kindOf, type Step, waysOf } from './blocks';
import { type Document, free, named, placesOf, type StepId, setAt } from './document';
import {
  EMPTY,
  equal,
  field,
  fromEntries,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  textAt,
  withField,
} from './json';
import { child, join, split } from './pointer';

/** Stands in a step's own fields for a list of steps; compared by identity. */
export const LIST: JsonObject = Object.freeze({ '@list': true });

/** The key of the list at the top. */
export const TOP = '';

/** The key of a step's list, by its pointer from the step. */
export function listKey(id: StepId, way: string): string {
  return join('', id).slice(1) + way;
}

/** The step whose list a key names; `undefined` for the top. */
export function ownerOfList(key: string): StepId | undefined {
  const slash = key.indexOf('/');
  return slash < 0 ? undefined : split(`/${key.slice(0, slash)}`)?.[0];
}

/** The list's pointer from its step. */
export function wayOfList(key: string): string {
  const slash = key.indexOf('/');
  return slash < 0 ? '/steps' : key.slice(slash);
}

export interface FlatStep {
  readonly id: StepId;
  readonly step: Step;
  /** Its fields with `LIST` for lists of steps, and the cases of a `switch` as a map by case key. */
  readonly own: Json;
  /** The key of the list it stands in: `<id of the step around><way>`, or `TOP`. */
  readonly list: string;
}

export interface Flat {
  /** The document with `LIST` for its steps. */
  readonly header: JsonObject;
  readonly steps: ReadonlyMap<StepId, FlatStep>;
  readonly lists: ReadonlyMap<string, readonly StepId[]>;
}

/**
 * Takes a document apart. Cases of a `switch` have no names: they are called by their place in `base`,
 * where they have a counterpart there, and by their condition where they have none.
 */
export function flatten(source: Document, base?: Flat): Flat {
  const document = named(source);
  const steps = new Map<StepId, FlatStep>();
  const lists = new Map<string, StepId[]>([[TOP, []]]);
  const listKeys = new Map<string, string>([['/steps', TOP]]);
  for (const place of placesOf(document).values()) {
    const list = listKeys.get(place.list) ?? TOP;
    const cases = caseKeys(place.step, base && (base.steps.get(place.key)?.step ?? EMPTY));
    steps.set(place.key, { id: place.key, step: place.step, own: ownOf(place.step, cases), list });
    lists.get(list)?.push(place.key);
    for (const way of waysOf(place.step)) {
      const key = listKey(place.key, calledBy(way.path, cases));
      listKeys.set(place.path + way.path, key);
      lists.set(key, []);
    }
  }
  const header = isArray(field(document, 'steps')) ? withField(document, 'steps', LIST) : document;
  return { header, steps, lists };
}

/** `/switch/2/steps` with the case's key for its position. */
function calledBy(way: string, cases: readonly string[]): string {
  const found = /^\/switch\/(\d+)\/steps$/.exec(way);
  return found ? join('/switch', cases[Number(found[1])] ?? '', 'steps') : way;
}

function ownOf(step: Step, cases: readonly string[]): Json {
  let own: Step = step;
  for (const way of waysOf(step)) if (way.written) own = setAt(own, way.path, LIST);
  const list = field(own, 'switch');
  if (kindOf(step) !== 'switch' || !isArray(list)) return own;
  const byKey = fromEntries(list.map((one, at) => [cases[at] ?? String(at), one] as const));
  return fromEntries(
    Object.entries(own).map(([name, value]) => [name, name === 'switch' ? byKey : value] as const),
  );
}

/** The keys of a step's cases: `c` and the position in `base`, or `+` and the condition when they are new. */
function caseKeys(step: Step, base: Step | undefined): readonly string[] {
  const cases = field(step, 'switch');
  if (kindOf(step) !== 'switch' || !isArray(cases)) return [];
  const old = field(base, 'switch');
  const keys: (string | undefined)[] = cases.map((_, at) => (base ? undefined : `c${at}`));
  const used = new Set<number>();
  for (const meet of base && isArray(old) ? MEETS : []) {
    for (const [at, one] of cases.entries()) {
      if (keys[at] !== undefined) continue;
      const from = asList(old).findIndex((other, index) => !used.has(index) && meet(one, other, at, index));
      if (from < 0) continue;
      used.add(from);
      keys[at] = `c${from}`;
    }
  }
  const taken = new Set<string>();
  return keys.map((key, at) => {
    if (key !== undefined) return key;
    const fresh = free(`+${textAt(cases[at], 'when') ?? ''}`, taken);
    taken.add(fresh);
    return fresh;
  });
}

/** By what a case is known again, the surest first. */
const MEETS: readonly ((one: Json, other: Json, at: number, from: number) => boolean)[] = [
  (one, other) => equal(one, other),
  (one, other) => equal(field(one, 'when'), field(other, 'when')),
  (one, other) => sharesStep(one, other),
  (_one, _other, at, from) => at === from,
];

function asList(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value : [];
}

function sharesStep(one: Json, other: Json): boolean {
  const ids = new Set(asSteps(field(other, 'steps')).flatMap((step) => field(step, 'id') ?? []));
  return asSteps(field(one, 'steps')).some((step) => ids.has(field(step, 'id') ?? null));
}

/** Puts a document together again. Lists that no step writes yet are written where they hold steps. */
export function unflatten(
  header: JsonObject,
  own: ReadonlyMap<StepId, Json>,
  lists: ReadonlyMap<string, readonly StepId[]>,
): Document {
  const byOwner = new Map<StepId, string[]>();
  for (const key of lists.keys()) {
    const owner = ownerOfList(key);
    if (owner !== undefined) byOwner.set(owner, [...(byOwner.get(owner) ?? []), wayOfList(key)]);
  }
  const build = (id: StepId): Json => {
    let step: Json = own.get(id) ?? EMPTY;
    for (const way of byOwner.get(id) ?? []) {
      const inside = lists.get(listKey(id, way)) ?? [];
      const names = split(way) ?? [];
      const isWritten = names.reduce<Json | undefined>(child, step) === LIST;
      if (isWritten || inside.length > 0) step = write(step, names, inside.map(build));
    }
    return casesAsList(empty(step));
  };
  const steps = (lists.get(TOP) ?? []).map(build);
  const isWritten = field(header, 'steps') === LIST;
  return isWritten || steps.length > 0 ? withField(header, 'steps', steps) : header;
}

/** Sets a list, making what is missing on the way to it. */
function write(value: Json, names: readonly string[], list: Json): Json {
  const [name, ...rest] = names;
  if (name === undefined) return list;
  const object = isObject(value) && value !== LIST ? value : EMPTY;
  const inner = write(child(object, name) ?? EMPTY, rest, list);
  return Object.hasOwn(object, name)
    ? fromEntries(Object.entries(object).map(([key, old]) => [key, key === name ? inner : old] as const))
    : fromEntries([...Object.entries(object), [name, inner]]);
}

/** Lists nobody stands in any more. */
function empty(value: Json): Json {
  if (value === LIST) return [];
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, empty(inner)] as const);
  return entries.every(([name, inner]) => inner === value[name]) ? value : fromEntries(entries);
}

function casesAsList(step: Json): Json {
  const cases = field(step, 'switch');
  if (!isObject(step) || kindOf(step) !== 'switch' || !isObject(cases)) return step;
  return fromEntries(
    Object.entries(step).map(
      ([name, value]) => [name, name === 'switch' ? Object.values(cases) : value] as const,
    ),
  );
}
