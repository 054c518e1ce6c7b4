/**
 * A new document written with the objects of the old one wherever they hold the same: what came as
 * text or from the server keeps the identity that layout and React go by.
 */

import { fromEntries, isArray, isObject, type Json } from './json';

/** `next`, made of parts of `previous` where those are the same; `previous` itself when all is. */
export function share<T extends Json>(previous: Json, next: T): T {
  return shared(previous, next) as T;
}

function shared(previous: Json | undefined, next: Json): Json {
  if (previous === next || previous === undefined) return next;
  if (isArray(next)) return isArray(previous) ? sharedList(previous, next) : next;
  if (!isObject(next) || !isObject(previous)) return next;
  const entries = Object.entries(next).map(
    ([name, value]) =>
      [name, shared(Object.hasOwn(previous, name) ? previous[name] : undefined, value)] as const,
  );
  const names = Object.keys(previous);
  const isSame =
    entries.length === names.length &&
    entries.every(([name, value], at) => name === names[at] && value === previous[name]);
  return isSame ? previous : fromEntries(entries);
}

/** Items with an id meet their like, others what stands at their place. */
function sharedList(previous: readonly Json[], next: readonly Json[]): Json {
  const byId = new Map<Json, Json>();
  for (const item of previous) {
    const id = idOf(item);
    if (id !== undefined && !byId.has(id)) byId.set(id, item);
  }
  const items = next.map((item, at) => {
    const id = idOf(item);
    return shared(id === undefined ? previous[at] : byId.get(id), item);
  });
  const isSame = items.length === previous.length && items.every((item, at) => item === previous[at]);
  return isSame ? previous : items;
}

function idOf(value: Json): Json | undefined {
  return isObject(value) && Object.hasOwn(value, 'id') ? value.id : undefined;
}
