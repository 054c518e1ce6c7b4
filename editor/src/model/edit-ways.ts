/**
 * Operations on the ways of a block: cases of a switch, paths of a split, lanes of a parallel, answers
 * of a question, and the side lists for refusal, time running out and failure.
 *
 * Knows the blocks; never a node kind.
 */

import { kindOf, type Way, type WayKind, waysOf } from './blocks';
import { type Document, type Place, placeOf, type StepId } from './document';
import { EMPTY, field, fieldAfter, isArray, isObject, type Json, objectAt, ok } from './json';
import { type Built, refuse } from './operation';
import type { Patch } from './patch';
import { phrase } from './phrase';
import { join, valueAt } from './pointer';

/** A new way: a case with its condition, a named way, an answer with what its button says, or a side list. */
export type NewWay =
  | { readonly kind: 'case'; readonly when: string }
  | { readonly kind: 'path'; readonly name: string; readonly weight?: number }
  | { readonly kind: 'lane'; readonly name: string }
  | { readonly kind: 'answer'; readonly name: string; readonly button: string }
  | { readonly kind: 'fallback' | 'timeout' | 'error' };

/** The maps in which a named way has an entry, from the step; the one that declares it first. */
const MAPS: Partial<Record<WayKind, readonly string[]>> = {
  path: ['/split', '/paths'],
  lane: ['/parallel'],
  answer: ['/ask/answers', '/on'],
};

/** Which new ways a step can have. */
export function waysToAdd(document: Document, key: StepId): readonly NewWay['kind'][] {
  const step = placeOf(document, key)?.step;
  if (!step) return [];
  const kind = kindOf(step);
  const has = (way: WayKind) => waysOf(step).some((one) => one.kind === way && one.written);
  const found: NewWay['kind'][] = [];
  if (kind === 'switch') found.push('case');
  if (kind === 'split') found.push('path');
  if (kind === 'parallel') found.push('lane');
  if (kind === 'ask') found.push('answer');
  if (kind === 'action' && !has('fallback')) found.push('fallback');
  if ((kind === 'wait_for' || kind === 'ask') && !has('timeout')) found.push('timeout');
  if (!has('error')) found.push('error');
  return found;
}

export function addWay(document: Document, key: StepId, way: NewWay): Built {
  const place = placeOf(document, key);
  if (!place) return refuse('refuse.no_step');
  if (!waysToAdd(document, key).includes(way.kind)) return refuse('refuse.not_a_way');
  const label = phrase('did.add_way', { step: key });
  const done = (patches: readonly Patch[]): Built => ok({ label, patches, select: [key] });
  switch (way.kind) {
    case 'case':
      return done([
        { op: 'add', path: join(place.path, 'switch', '-'), value: { when: way.when, steps: [] } },
      ]);
    case 'fallback':
      return done([{ op: 'add', path: join(place.path, 'fallback'), value: [] }]);
    case 'timeout':
      return done([{ op: 'add', path: join(place.path, 'on_timeout'), value: [] }]);
    case 'error':
      return done([{ op: 'add', path: join(place.path, 'on_error'), value: [] }]);
    case 'path':
    case 'lane':
    case 'answer': {
      const refused = nameFault(place, way.name, way.kind);
      if (refused) return refused;
      const values: Partial<Record<WayKind, readonly Json[]>> = {
        path: [way.kind === 'path' ? (way.weight ?? usualWeight(place)) : 0, []],
        lane: [[]],
        answer: [way.kind === 'answer' ? way.button : '', []],
      };
      const maps = MAPS[way.kind] ?? [];
      return done(maps.flatMap((map, at) => putInto(place, map, way.name, values[way.kind]?.[at] ?? [])));
    }
  }
}

/** The usual weight of a split's ways, so that a new one gets its fair share. */
function usualWeight(place: Place): number {
  const weights = Object.values(objectAt(place.step, 'split')).filter((value) => typeof value === 'number');
  return weights.length === 0
    ? 50
    : Math.round(weights.reduce((sum, value) => sum + value, 0) / weights.length);
}

function nameFault(place: Place, name: string, kind: WayKind): Built | undefined {
  if (name.trim() === '') return refuse('refuse.way_empty');
  const taken = waysOf(place.step).some((way) => way.kind === kind && way.name === name);
  return taken ? refuse('refuse.way_taken', { name }) : undefined;
}

function putInto(place: Place, map: string, name: string, value: Json): readonly Patch[] {
  if (isObject(valueAt(place.step, map))) return [{ op: 'add', path: join(place.path + map, name), value }];
  return [{ op: 'add', path: place.path + map, value: { [name]: value } }];
}

interface Found {
  readonly place: Place;
  readonly way: Way;
}

/** A way of a step by its pointer from the step, such as `/paths/a`. */
function findWay(document: Document, key: StepId, path: string): Found | undefined {
  const place = placeOf(document, key);
  const way = place && waysOf(place.step).find((one) => one.path === path);
  return place && way ? { place, way } : undefined;
}

/** Takes a way with all its steps away. What every block of its kind has (`then`, a body) is emptied. */
export function removeWay(document: Document, key: StepId, path: string): Built {
  const found = findWay(document, key, path);
  if (!found) return refuse('refuse.no_way');
  const { place, way } = found;
  const label = phrase('did.remove_way', { step: key });
  const done = (patches: readonly Patch[]): Built => ok({ label, patches, select: [key] });
  const siblings = waysOf(place.step).filter((one) => one.kind === way.kind);
  const isOne = way.kind === 'case' || way.name !== undefined;
  if (isOne && siblings.length === 1) return refuse('refuse.last_way');
  if (way.kind === 'case')
    return done([{ op: 'remove', path: place.path + path.slice(0, -'/steps'.length) }]);
  if (way.name !== undefined) return done(entries(found).map((at): Patch => ({ op: 'remove', path: at })));
  if (!way.written) return way.kind === 'timeout' ? refuse('refuse.way_fixed') : done([]);
  if (way.kind === 'then' || way.kind === 'body')
    return done([{ op: 'replace', path: place.path + path, value: [] }]);
  return done([{ op: 'remove', path: place.path + path }]);
}

/** The pointers of a named way's entries that are there. */
function entries({ place, way }: Found): readonly string[] {
  const name = way.name ?? '';
  const maps = (MAPS[way.kind] ?? []).filter((map) =>
    Object.hasOwn(asObject(valueAt(place.step, map)), name),
  );
  return maps.map((map) => join(place.path + map, name));
}

function asObject(value: Json | undefined) {
  return isObject(value) ? value : EMPTY;
}

/** Gives a named way another name, a case another condition. */
export function renameWay(document: Document, key: StepId, path: string, name: string): Built {
  const found = findWay(document, key, path);
  if (!found) return refuse('refuse.no_way');
  const { place, way } = found;
  const label = phrase('did.rename_way', { step: key, name });
  if (way.kind === 'case') {
    const when = place.path + path.replace(/\/steps$/, '/when');
    return ok({
      label,
      patches: [{ op: 'add', path: when, value: name }],
      coalesce: `field:${when}`,
      select: [key],
    });
  }
  if (way.name === undefined) return refuse('refuse.way_fixed');
  if (way.name === name) return ok({ label, patches: [], select: [key] });
  const refused = nameFault(place, name, way.kind);
  if (refused) return refused;
  const patches = entries(found).map((from): Patch => {
    const map = from.slice(0, from.lastIndexOf('/'));
    return {
      op: 'move',
      from,
      path: join(map, name),
      before: fieldAfter(asObject(valueAt(document, map)), way.name ?? ''),
    };
  });
  return ok({ label, patches, select: [key] });
}

/** Moves a case or named way to another position among its like. */
export function moveWay(document: Document, key: StepId, path: string, to: number): Built {
  const found = findWay(document, key, path);
  if (!found) return refuse('refuse.no_way');
  const { place, way } = found;
  const siblings = waysOf(place.step).filter((one) => one.kind === way.kind);
  const from = siblings.indexOf(way);
  const target = Math.max(0, Math.min(to, siblings.length - 1));
  const label = phrase('did.move_way', { step: key });
  if (target === from) return ok({ label, patches: [], select: [key] });
  if (way.kind === 'case') {
    const list = join(place.path, 'switch');
    return ok({
      label,
      patches: [{ op: 'move', from: join(list, from), path: join(list, target) }],
      select: [key],
    });
  }
  if (way.name === undefined) return refuse('refuse.way_fixed');
  const before = siblings[target > from ? target + 1 : target]?.name ?? null;
  const patches = entries(found).map((at): Patch => ({ op: 'move', from: at, path: at, before }));
  return ok({ label, patches, select: [key] });
}

/** Sets the weights of a split all at once. */
export function setWeights(
  document: Document,
  key: StepId,
  weights: Readonly<Record<string, number>>,
): Built {
  const place = placeOf(document, key);
  if (!place || kindOf(place.step) !== 'split') return refuse('refuse.no_step');
  const known = objectAt(place.step, 'split');
  const patches = Object.entries(weights)
    .filter(([name, weight]) => field(known, name) !== weight)
    .flatMap(([name, weight]) => putInto(place, '/split', name, weight));
  return ok({
    label: phrase('did.weights', { step: key }),
    patches,
    coalesce: `field:${key}/split`,
    select: [key],
  });
}

/** Whether a value is a list of steps somebody could paste into a way. */
export function isStepList(value: Json | undefined): boolean {
  return isArray(value) && value.every((item) => isObject(item) && kindOf(item) !== undefined);
}
