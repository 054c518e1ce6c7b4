/**
 * Operations on values: a field of a step, switching steps on and off, notes, and everything of the
 * document before its steps.
 *
 * Knows no node kind and no form: a value goes where the pointer says.
 */

import { type Document, placeOf, type StepId } from './document';
import { equal, field, fromEntries, isArray, isObject, type Json, ok } from './json';
import { type Built, refuse } from './operation';
import type { Patch } from './patch';
import { phrase } from './phrase';
import { join, position, split, valueAt } from './pointer';

/** The parts of a document before its steps. */
export const HEADER = [
  'name',
  'description',
  'rubros',
  'purpose',
  'inputs',
  'trigger',
  'exit',
  'goal',
] as const;

/**
 * Sets a value inside a step, at a pointer from the step such as `/with/text`; `undefined` takes it
 * away. What is missing on the way is written.
 */
export function setField(document: Document, key: StepId, path: string, value: Json | undefined): Built {
  const place = placeOf(document, key);
  if (!place) return refuse('refuse.no_step');
  const patches = setting(document, place.path, path, value);
  if (!patches) return refuse('refuse.no_place');
  return ok({
    label: phrase('did.field', { step: key, field: lastName(path) }),
    patches,
    coalesce: `field:${key}${path}`,
    select: [key],
  });
}

/** Sets a value before the steps, at a pointer such as `/trigger/key`; `undefined` takes it away. */
export function setHeader(document: Document, path: string, value: Json | undefined): Built {
  const [part] = split(path) ?? [];
  if (part === undefined || part === 'steps') return refuse('refuse.no_place');
  const patches = setting(document, '', path, value);
  if (!patches) return refuse('refuse.no_place');
  return ok({ label: phrase('did.header', { field: lastName(path) }), patches, coalesce: `header:${path}` });
}

function lastName(path: string): string {
  return split(path)?.findLast((name) => position(name) === undefined) ?? '';
}

/** The patches that make the value at `base + path` this one; `undefined` when there is no room for it. */
function setting(
  document: Document,
  base: string,
  path: string,
  value: Json | undefined,
): readonly Patch[] | undefined {
  const names = split(path);
  if (!names || names.length === 0) return undefined;
  const full = base + path;
  const old = valueAt(document, full);
  if (value === undefined) return old === undefined ? [] : [{ op: 'remove', path: full }];
  if (old !== undefined) return equal(old, value) ? [] : [{ op: 'replace', path: full, value }];
  for (let length = names.length - 1; length >= 0; length -= 1) {
    const around = valueAt(document, join(base, ...names.slice(0, length)));
    if (around === undefined) continue;
    const name = names[length];
    if (name === undefined || !(isObject(around) || (isArray(around) && isPlaceIn(around.length, name))))
      return undefined;
    const inner = names.slice(length + 1).reduceRight<Json>((made, key) => fromEntries([[key, made]]), value);
    return [
      {
        op: 'add',
        path: join(base, ...names.slice(0, length), name),
        value: inner,
        ...order(base, name, around),
      },
    ];
  }
  return undefined;
}

function isPlaceIn(length: number, name: string): boolean {
  return name === '-' || position(name) === length;
}

/** Parts of the document come before the steps, in the order everybody writes them. */
function order(base: string, name: string, around: Json): { before?: string } {
  if (base !== '' || field(around, 'steps') === undefined) return {};
  const parts: readonly string[] = HEADER;
  if (!parts.includes(name)) return {};
  const later = parts.slice(parts.indexOf(name) + 1).find((part) => field(around, part) !== undefined);
  return { before: later ?? 'steps' };
}

/** Switches steps on or off. */
export function setEnabled(document: Document, keys: readonly StepId[], enabled: boolean): Built {
  const patches: Patch[] = [];
  for (const key of new Set(keys)) {
    const place = placeOf(document, key);
    if (!place) return refuse('refuse.no_step');
    patches.push(...(setting(document, place.path, '/enabled', enabled ? undefined : false) ?? []));
  }
  return ok({
    label: phrase(enabled ? 'did.enable' : 'did.disable', { count: keys.length }),
    patches,
    select: keys,
  });
}

/** Leaves a note to colleagues on a step; an empty one is taken away. */
export function setNote(document: Document, key: StepId, note: string): Built {
  const place = placeOf(document, key);
  if (!place) return refuse('refuse.no_step');
  const patches = setting(document, place.path, '/note', note.trim() === '' ? undefined : note) ?? [];
  return ok({
    label: phrase('did.note', { step: key }),
    patches,
    coalesce: `field:${key}/note`,
    select: [key],
  });
}

/** Makes the document another one: what the text view holds, or what a merge gave. */
export function setDocument(next: Document, did: 'did.text' | 'did.merge' = 'did.text'): Built {
  const patches: readonly Patch[] = [{ op: 'replace', path: '', value: next }];
  return ok(
    did === 'did.text' ? { label: phrase(did), patches, coalesce: 'text' } : { label: phrase(did), patches },
  );
}
