/** Where steps can be moved to: one place on, and every list of the flow by its name. Pure; knows no screen. */
import {
  type Document,
  type Place,
  placeOf,
  placesOf,
  type Slot,
  STEPS,
  type StepId,
  topSteps,
  type Way,
  waysOf,
} from '@/model';

/**
 * The slot one place before or after steps that stand together: past a neighbour, into a block that has ways, or
 * out of the block around. `undefined` when there is none.
 */
export function neighbourSlot(document: Document, keys: readonly StepId[], by: -1 | 1): Slot | undefined {
  const places = keys.flatMap((key) => placeOf(document, key) ?? []).toSorted((a, b) => a.index - b.index);
  const edge = by < 0 ? places[0] : places.at(-1);
  if (!edge) return undefined;
  const at = edge.index + by;
  const neighbour = siblings(document, edge).find((place) => place.index === at);
  if (!neighbour) return around(document, edge, by);
  const ways = waysOf(neighbour.step).filter((way) => !way.side);
  const way = by < 0 ? ways.at(-1) : ways[0];
  if (way) return { list: neighbour.path + way.path, index: by < 0 ? way.steps.length : 0 };
  return { list: edge.list, index: by < 0 ? at : at + 1 };
}

function siblings(document: Document, place: Place): readonly Place[] {
  return [...placesOf(document).values()].filter((other) => other.list === place.list);
}

/** Out of the block around, or into its next way. */
function around(document: Document, place: Place, by: -1 | 1): Slot | undefined {
  const parent = place.parent && placeOf(document, place.parent.key);
  if (!parent || !place.parent) return undefined;
  const ways = waysOf(parent.step).filter((way) => !way.side);
  const at = ways.findIndex((way) => way.path === place.parent?.way.path);
  const next = at < 0 ? undefined : ways[at + by];
  if (next) return { list: parent.path + next.path, index: by < 0 ? next.steps.length : 0 };
  return { list: parent.list, index: by < 0 ? parent.index : parent.index + 1 };
}

/** One list of steps that something can be moved into. */
export interface Target {
  /** The end of it. */
  readonly slot: Slot;
  /** The step around it and the way; absent at the top. */
  readonly owner?: Place;
  readonly way?: Way;
}

/** Every list but those inside the steps themselves. */
export function targetsFor(document: Document, keys: readonly StepId[]): readonly Target[] {
  const moved = keys.flatMap((key) => placeOf(document, key)?.path ?? []);
  const targets: Target[] = [{ slot: { list: STEPS, index: topSteps(document).length } }];
  for (const place of placesOf(document).values()) {
    if (moved.some((path) => place.path === path || place.path.startsWith(`${path}/`))) continue;
    for (const way of waysOf(place.step)) {
      targets.push({ slot: { list: place.path + way.path, index: way.steps.length }, owner: place, way });
    }
  }
  return targets;
}
