/**
 * Renaming a step that nobody has history with yet, and every reference to it that can be told for
 * sure: `steps.<id>` and `steps["<id>"]` in expressions, and `goto` targets.
 */

import { type Document, placeOf, placesOf, type StepId } from './document';
import { readsIn, renameIn } from './expressions';
import { isName } from './ids';
import { isArray, isObject, type Json, ok } from './json';
import { type Built, refuse } from './operation';
import type { Patch } from './patch';
import { phrase } from './phrase';
import { join } from './pointer';

export function renameStep(document: Document, key: StepId, id: StepId): Built {
  const place = placeOf(document, key);
  if (!place) return refuse('refuse.no_step');
  if (!isName(id)) return refuse('refuse.bad_id', { id });
  if (id !== key && placesOf(document).has(id)) return refuse('refuse.id_taken', { id });
  const label = phrase('did.rename', { from: key, to: id });
  if (id === key) return ok({ label, patches: [], select: [key] });
  const renamed = renameIn(document, (old) => (old === key ? id : undefined));
  const first = Object.keys(place.step).find((name) => name !== 'id') ?? null;
  const own: Patch = Object.hasOwn(place.step, 'id')
    ? { op: 'replace', path: join(place.path, 'id'), value: id }
    : { op: 'add', path: join(place.path, 'id'), value: id, before: first };
  return ok({ label, patches: [own, ...textPatches(document, renamed, '')], select: [id] });
}

/** The steps whose expressions or `goto`s name this one. */
export function referencesTo(document: Document, key: StepId): readonly StepId[] {
  return [...placesOf(document).values()]
    .filter((place) => place.key !== key && readsIn(ownFields(place.step)).has(key))
    .map((place) => place.key);
}

/** The step without the steps inside it. */
function ownFields(step: Json): Json {
  if (isArray(step))
    return step.filter((item) => !(isObject(item) && Object.hasOwn(item, 'id'))).map(ownFields);
  if (!isObject(step)) return step;
  return Object.fromEntries(Object.entries(step).map(([name, value]) => [name, ownFields(value)]));
}

/** The patches between two values that differ in texts only. */
function textPatches(before: Json, after: Json, path: string): readonly Patch[] {
  if (before === after) return [];
  if (isArray(before) && isArray(after)) {
    return before.flatMap((item, at) => textPatches(item, after[at] ?? null, join(path, at)));
  }
  if (isObject(before) && isObject(after)) {
    return Object.entries(before).flatMap(([name, item]) =>
      textPatches(item, after[name] ?? null, join(path, name)),
    );
  }
  return [{ op: 'replace', path, value: after }];
}
