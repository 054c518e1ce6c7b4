/**
 * JSON pointers (RFC 6901): how patches, problems and places name a spot in a document.
 *
 * Knows nothing of workflows.
 */

import { isArray, isObject, type Json } from './json';

/** The pointer of a child. */
export function join(parent: string, ...names: readonly (string | number)[]): string {
  return names.reduce<string>((path, name) => `${path}/${escaped(String(name))}`, parent);
}

function escaped(name: string): string {
  return name.includes('~') || name.includes('/') ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name;
}

/** The names along a pointer; `undefined` when it does not begin with a slash. */
export function split(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((name) => (name.includes('~') ? name.replaceAll('~1', '/').replaceAll('~0', '~') : name));
}

/** The pointer of the value around, and the last name. */
export function parted(pointer: string): { readonly parent: string; readonly name: string } {
  const at = pointer.lastIndexOf('/');
  return { parent: pointer.slice(0, Math.max(at, 0)), name: split(pointer.slice(at))?.[0] ?? '' };
}

/** Whether a pointer names the value of another one or something inside it. */
export function isWithin(pointer: string, around: string): boolean {
  return pointer === around || pointer.startsWith(`${around}/`);
}

/** The position a name means in a list; `undefined` when it means none. */
export function position(name: string): number | undefined {
  return /^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : undefined;
}

/** The value at a pointer. */
export function valueAt(value: Json, pointer: string): Json | undefined {
  const names = split(pointer);
  return names?.reduce<Json | undefined>(child, value);
}

/** One step along a pointer. */
export function child(value: Json | undefined, name: string): Json | undefined {
  if (isArray(value)) {
    const at = position(name);
    return at === undefined ? undefined : value[at];
  }
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
