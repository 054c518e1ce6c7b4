/**
 * Operations on whole steps: insert, remove, move, duplicate, wrap in a condition and unwrap.
 *
 * Knows no node kind: what a new step holds is given by whoever asks for it.
 */

import { blankFields } from './blank';
import { type Step, waysOf } from './blocks';
import { type Document, type Place, placeOf, placesOf, type Slot, STEPS_MAX, type StepId } from './document';
import { freshId, takenIds } from './ids';
import { isArray, isObject, type Json, ok } from './json';
import { type Built, refuse } from './operation';
import { moving, type Patch } from './patch';
import { type PhraseKey, phrase } from './phrase';
import { isWithin, join, valueAt } from './pointer';
import { renumber } from './renumber';
import { afterInsertion, afterRemoval, isRow, outermost, slotPath, writeList } from './slots';

/** Puts steps into a slot. Ids they bring are kept when free; others are made, references among them follow. */
export function insertSteps(
  document: Document,
  slot: Slot,
  steps: readonly Step[],
  did: PhraseKey = 'did.insert',
): Built {
  if (steps.length === 0) return refuse('refuse.no_steps');
  const room = roomFor(document, slot);
  if (!room) return refuse('refuse.no_place');
  const { steps: fresh, ids } = renumber(steps, takenIds(document));
  if (placesOf(document).size + countSteps(fresh) > STEPS_MAX)
    return refuse('refuse.too_many_steps', { limit: STEPS_MAX });
  const puts = fresh.map(
    (value, at): Patch => ({ op: 'add', path: join(slot.list, slot.index + at), value }),
  );
  return ok({ label: phrase(did, { count: fresh.length }), patches: [...room, ...puts], select: ids });
}

/** The patches that make the slot's list; `undefined` when the document has no such slot. */
function roomFor(document: Document, slot: Slot): readonly Patch[] | undefined {
  const list = valueAt(document, slot.list);
  const length = isArray(list) ? list.length : 0;
  if (slot.index < 0 || slot.index > length) return undefined;
  const known = slot.list === '/steps' || ownerOf(document, slot.list) !== undefined;
  return known ? writeList(document, slot.list) : undefined;
}

/** The step one of whose ways is this list. */
export function ownerOf(document: Document, list: string): StepId | undefined {
  for (const place of placesOf(document).values()) {
    if (list.startsWith(`${place.path}/`) && waysOf(place.step).some((way) => place.path + way.path === list))
      return place.key;
  }
  return undefined;
}

/** How many steps there are in all. */
export function countSteps(steps: readonly Step[]): number {
  return steps.reduce(
    (sum, step) => sum + 1 + waysOf(step).reduce((inner, way) => inner + countSteps(way.steps), 0),
    0,
  );
}

export function removeSteps(document: Document, keys: readonly StepId[]): Built {
  const gone = outermost(document, keys);
  if (gone.length === 0) return refuse('refuse.no_step');
  // From the last to the first, so that no removal moves what is still to be removed.
  const patches = gone.toReversed().map((place): Patch => ({ op: 'remove', path: place.path }));
  return ok({
    label: phrase('did.remove', { count: gone.length }),
    patches,
    select: neighbour(document, gone),
  });
}

/** Where the focus goes when a step disappears: the one before it, else the one after it, else the one around it. */
function neighbour(document: Document, gone: readonly Place[]): readonly StepId[] {
  const [place] = gone;
  if (!place) return [];
  const away = new Set(gone.map(({ key }) => key));
  const siblings = [...placesOf(document).values()].filter((other) => other.list === place.list);
  const before = siblings.find((other) => other.index === place.index - 1);
  const after = siblings.find((other) => other.index > place.index && !away.has(other.key));
  const near = before?.key ?? after?.key ?? place.parent?.key;
  return near === undefined ? [] : [near];
}

/** Moves steps, in the order of the text, into a slot of the document as it is now. */
export function moveSteps(document: Document, keys: readonly StepId[], slot: Slot): Built {
  const places = outermost(document, keys);
  if (places.length === 0) return refuse('refuse.no_step');
  if (places.some((place) => isWithin(slot.list, place.path))) return refuse('refuse.into_itself');
  const room = roomFor(document, slot);
  if (!room) return refuse('refuse.no_place');
  const patches: Patch[] = [...room];
  let waiting = places.map((place) => place.path);
  let target = slotPath(slot);
  while (waiting[0] !== undefined) {
    const from = waiting[0];
    const path = afterRemoval(target, from) ?? from;
    if (path !== from) patches.push(...moving(from, path));
    waiting = waiting.slice(1).map((pointer) => afterInsertion(afterRemoval(pointer, from) ?? pointer, path));
    target = nextSlot(path);
  }
  const moved = patches.some((patch) => patch.op === 'move');
  return ok({
    label: phrase('did.move', { count: places.length }),
    patches: moved ? patches : [],
    select: places.map((place) => place.key),
  });
}

function nextSlot(path: string): string {
  const cut = path.lastIndexOf('/');
  return join(path.slice(0, cut), Number(path.slice(cut + 1)) + 1);
}

/** Copies steps behind the last of them; references among the copied follow the copies. */
export function duplicateSteps(document: Document, keys: readonly StepId[]): Built {
  const places = outermost(document, keys);
  const last = places.at(-1);
  if (!last) return refuse('refuse.no_step');
  return insertSteps(
    document,
    { list: last.list, index: last.index + 1 },
    places.map((place) => place.step),
    'did.duplicate',
  );
}

/** Puts steps that follow each other into the `then` of a new condition. */
export function wrapInCondition(document: Document, keys: readonly StepId[], condition: string): Built {
  const places = outermost(document, keys);
  const [first] = places;
  if (!first) return refuse('refuse.no_step');
  if (!isRow(places)) return refuse('refuse.not_together');
  const id = freshId(takenIds(document), 'if');
  const block: Json = { id, ...blankFields('if'), if: condition };
  const from = join(first.list, first.index + 1);
  const moves = places.map((_, at): Patch => ({ op: 'move', from, path: join(first.path, 'then', at) }));
  return ok({
    label: phrase('did.wrap', { count: places.length }),
    patches: [{ op: 'add', path: first.path, value: block }, ...moves],
    select: [id],
  });
}

/** Takes a block away and leaves the steps of its first way that has any in its place. */
export function unwrap(document: Document, key: StepId): Built {
  const place = placeOf(document, key);
  if (!place) return refuse('refuse.no_step');
  const way = waysOf(place.step).find((one) => one.steps.length > 0);
  if (!way || !isObject(place.step)) return refuse('refuse.nothing_to_unwrap');
  const after = join(place.list, place.index + 1);
  // The last step first, so that each comes to stand right behind the block.
  const moves = way.steps.map(
    (_, at): Patch => ({
      op: 'move',
      from: join(place.path + way.path, way.steps.length - 1 - at),
      path: after,
    }),
  );
  return ok({
    label: phrase('did.unwrap'),
    patches: [...moves, { op: 'remove', path: place.path }],
    select: [],
  });
}
