/**
 * JSON values as immutable data, and the few generic things done with them.
 *
 * Knows nothing of workflows. Fields are read through `field`, never by `object[name]`, because a
 * document may hold keys such as `constructor` or `__proto__`.
 */

export type Json = null | boolean | number | string | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export interface JsonObject {
  readonly [name: string]: Json;
}

/** A value or why there is none: nothing in the model throws for what a document holds. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const fail = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });

export function isArray(value: Json | undefined): value is JsonArray {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field's value; `undefined` when the value is no object or has no such field. */
export function field(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A field that is an object, or an empty one. */
export function objectAt(value: Json | undefined, name: string): JsonObject {
  const found = field(value, name);
  return isObject(found) ? found : EMPTY;
}

/** A field that is a text. */
export function textAt(value: Json | undefined, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

export const EMPTY: JsonObject = Object.freeze({});

/** An object of these fields in this order; safe for every name. */
export function fromEntries(entries: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(entries) as JsonObject;
}

/**
 * The object with a field set. A new field comes before the field `before`, or last; one that is
 * there keeps its place unless `before` is given (`null` means last).
 */
export function withField(object: JsonObject, name: string, value: Json, before?: string | null): JsonObject {
  const has = Object.hasOwn(object, name);
  if (has && before === undefined) {
    return fromEntries(Object.entries(object).map(([key, old]) => [key, key === name ? value : old]));
  }
  const entries = Object.entries(object).filter(([key]) => key !== name);
  const at = before === undefined || before === null ? -1 : entries.findIndex(([key]) => key === before);
  entries.splice(at < 0 ? entries.length : at, 0, [name, value]);
  return fromEntries(entries);
}

export function withoutField(object: JsonObject, name: string): JsonObject {
  return fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

/** The field that stands after another one; `null` when it is the last. */
export function fieldAfter(object: JsonObject, name: string): string | null {
  const names = Object.keys(object);
  return names[names.indexOf(name) + 1] ?? null;
}

/** The same data; the order of fields does not count. */
export function equal(one: Json | undefined, other: Json | undefined): boolean {
  return same(one, other, false);
}

/** The same data with fields in the same order. */
export function identical(one: Json | undefined, other: Json | undefined): boolean {
  return same(one, other, true);
}

function same(one: Json | undefined, other: Json | undefined, ordered: boolean): boolean {
  if (one === other) return true;
  if (isArray(one)) {
    return (
      isArray(other) && one.length === other.length && one.every((item, at) => same(item, other[at], ordered))
    );
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  const others = Object.keys(other);
  if (names.length !== others.length) return false;
  return names.every(
    (name, at) =>
      (ordered ? others[at] === name : Object.hasOwn(other, name)) && same(one[name], other[name], ordered),
  );
}
