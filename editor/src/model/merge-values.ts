/**
 * Three-way merge of values and of orders: what both sides did to one thing.
 *
 * Knows nothing of workflows; whoever calls decides what a clash means.
 */

import { EMPTY, equal, fromEntries, identical, isArray, isObject, type Json } from './json';
import { join } from './pointer';

export type Side = 'mine' | 'theirs';

/** One value in three documents; absent where the document has none. */
export interface Three {
  readonly base: Json | undefined;
  readonly mine: Json | undefined;
  readonly theirs: Json | undefined;
}

/** Decides between two changes of one value, given its pointer. */
export type Clash = (path: string, values: Three) => Side;

/** The merged value; `atom` values are never looked into. */
export function mergeValue(values: Three, path: string, clash: Clash, atom?: Json): Json | undefined {
  const { base, mine, theirs } = values;
  if (same(mine, base)) return theirs;
  if (same(theirs, base)) return mine;
  if (mine !== undefined && equal(mine, theirs)) return mine;
  if (mine === undefined && theirs === undefined) return undefined;
  const isAtom = mine === atom || theirs === atom || base === atom;
  const old = base ?? EMPTY;
  if (!(isAtom && atom !== undefined) && isObject(mine) && isObject(theirs) && isObject(old)) {
    return mergeObject({ base: old, mine, theirs }, path, clash, atom);
  }
  if (
    isArray(mine) &&
    isArray(theirs) &&
    isArray(base) &&
    mine.length === base.length &&
    theirs.length === base.length
  ) {
    return mine.map(
      (item, at) =>
        mergeValue({ base: base[at], mine: item, theirs: theirs[at] }, join(path, at), clash, atom) ?? null,
    );
  }
  return clash(path, values) === 'mine' ? mine : theirs;
}

function same(one: Json | undefined, other: Json | undefined): boolean {
  return one === undefined || other === undefined ? one === other : identical(one, other);
}

function mergeObject(
  values: { readonly base: Json; readonly mine: Json; readonly theirs: Json },
  path: string,
  clash: Clash,
  atom: Json | undefined,
): Json {
  const at = (object: Json, name: string) =>
    isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;
  const names = (object: Json) => (isObject(object) ? Object.keys(object) : []);
  const all = new Set([...names(values.mine), ...names(values.theirs)]);
  const merged = new Map<string, Json>();
  for (const name of all) {
    const value = mergeValue(
      { base: at(values.base, name), mine: at(values.mine, name), theirs: at(values.theirs, name) },
      join(path, name),
      clash,
      atom,
    );
    if (value !== undefined) merged.set(name, value);
  }
  const order = mergeOrder(
    names(values.base),
    names(values.mine),
    names(values.theirs),
    merged,
    () => 'mine',
  );
  return fromEntries(order.map((name) => [name, merged.get(name) ?? null] as const));
}

/**
 * The order of `kept` items from three orders. What one side reordered stays so; what each side added
 * follows the item it was put behind, theirs (which is saved already) before mine. `both` decides when
 * both sides reordered.
 */
export function mergeOrder(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
  kept: { has(item: string): boolean },
  both: () => Side,
): readonly string[] {
  const [old, ours, others] = [base, mine, theirs].map((items) => items.filter((item) => kept.has(item))) as [
    string[],
    string[],
    string[],
  ];
  const mineMoved = !isSameOrder(old, ours);
  const theirsMoved = !isSameOrder(old, others);
  const isMine = theirsMoved ? mineMoved && (isSameOrder(ours, others) || both() === 'mine') : true;
  const backbone = isMine ? ours : others;
  const guests = isMine ? others : ours;
  const order = [...backbone];
  const placed = new Set(backbone);
  const isGuest = new Set(guests);
  let before: string | undefined;
  for (const item of guests) {
    if (!placed.has(item)) {
      let at = before === undefined ? 0 : order.indexOf(before) + 1;
      // Mine come behind what they added at the same spot.
      while (!isMine && at < order.length && !isGuest.has(order[at] ?? '')) at += 1;
      order.splice(at, 0, item);
      placed.add(item);
    }
    before = item;
  }
  return order;
}

/** Whether the items that stand in both lists come in the same order. */
function isSameOrder(one: readonly string[], other: readonly string[]): boolean {
  const inOne = new Set(one);
  const inOther = new Set(other);
  const left = one.filter((item) => inOther.has(item));
  const right = other.filter((item) => inOne.has(item));
  return left.every((item, at) => item === right[at]);
}
