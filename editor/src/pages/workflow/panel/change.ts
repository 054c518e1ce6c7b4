/**
 * What really changed between two values: forms give whole objects, edits should be as small as what was typed, so
 * that comments nearby survive and two people's edits meet nowhere.
 *
 * Pure; knows JSON and pointers.
 */
import { equal, field, isArray, isObject, type Json, join } from '@/model';

export interface Change {
  /** From the value to the innermost part that holds the whole change. */
  readonly path: string;
  /** `undefined` when it is gone. */
  readonly value: Json | undefined;
}

/** The innermost change; `undefined` when nothing changed. */
export function changeBetween(old: Json | undefined, next: Json | undefined, path = ''): Change | undefined {
  if (equal(old, next)) return undefined;
  const here = { path, value: next };
  if (isObject(old) && isObject(next)) {
    const names = new Set([...Object.keys(old), ...Object.keys(next)]);
    const changed = [...names].filter((name) => !equal(field(old, name), field(next, name)));
    const [only] = changed;
    if (changed.length !== 1 || only === undefined) return here;
    return changeBetween(field(old, only), field(next, only), join(path, only));
  }
  if (isArray(old) && isArray(next) && old.length === next.length) {
    const changed = next.flatMap((item, at) => (equal(old[at], item) ? [] : [at]));
    const [only] = changed;
    if (changed.length !== 1 || only === undefined) return here;
    return changeBetween(old[only], next[only], join(path, only));
  }
  return here;
}
