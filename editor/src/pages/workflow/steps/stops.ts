/**
 * Where the keyboard can stand on the canvas and where its arrows lead: along the flow with up and down, from way
 * to way with left and right. Empty ways are stops, too, so that something can be put there.
 *
 * Pure; knows no screen.
 */
import {
  type Document,
  END,
  join,
  ownerOf,
  type Place,
  placeByPath,
  placeOf,
  type Slot,
  STEPS,
  TRIGGER,
  topSteps,
  valueAt,
  type Way,
  waysOf,
} from '@/model';

/** An empty list is a stop by its pointer behind a plus. */
export function emptyStop(list: string): string {
  return `+${list}`;
}

function listOf(stop: string): string | undefined {
  return stop.startsWith('+') ? stop.slice(1) : undefined;
}

/** The slot behind a stop: where `+` puts something. */
export function slotOf(document: Document, stop: string): Slot {
  const list = listOf(stop);
  if (list !== undefined) return { list, index: 0 };
  if (stop === TRIGGER) return { list: STEPS, index: 0 };
  const place = placeOf(document, stop);
  if (place) return { list: place.list, index: place.index + 1 };
  return { list: STEPS, index: topSteps(document).length };
}

/** Whether a stop still is one after an edit. */
function isStop(document: Document, stop: string): boolean {
  if (stop === TRIGGER || stop === END || placeOf(document, stop)) return true;
  const list = listOf(stop);
  return (
    list !== undefined && (list === STEPS || ownerOf(document, list) !== undefined) && isEmpty(document, list)
  );
}

/** Whether there is such a card, or such a way; it may hold steps. */
export function exists(document: Document, stop: string): boolean {
  const list = listOf(stop);
  return (
    isStop(document, stop) || list === STEPS || (list !== undefined && ownerOf(document, list) !== undefined)
  );
}

/** The stop itself, or where one stands when it is gone: what was first around it. */
export function standable(document: Document, stop: string): string {
  if (isStop(document, stop)) return stop;
  const list = listOf(stop);
  const inside = list === undefined ? undefined : placeByPath(document, join(list, 0))?.key;
  return inside ?? (list === undefined ? undefined : ownerOf(document, list)) ?? TRIGGER;
}

/** What stays collapsed when a step is to be seen. */
export function unfoldedFor(
  document: Document,
  key: string,
  collapsed: ReadonlySet<string>,
): ReadonlySet<string> {
  const open = new Set(collapsed);
  for (let at = placeOf(document, key); at?.parent; at = placeOf(document, at.parent.key)) {
    open.delete(at.parent.key);
    open.delete(at.parent.key + at.parent.way.path);
  }
  return open.size === collapsed.size ? collapsed : open;
}

function isEmpty(document: Document, list: string): boolean {
  const value = valueAt(document, list);
  return !Array.isArray(value) || value.length === 0;
}

/** The stop an arrow, `Home` or `End` leads to; `undefined` when it leads nowhere. */
export function stopAfter(
  document: Document,
  stop: string,
  key: string,
  collapsed: ReadonlySet<string>,
): string | undefined {
  switch (key) {
    case 'ArrowDown':
      return down(document, stop, collapsed);
    case 'ArrowUp':
      return up(document, stop);
    case 'ArrowRight':
      return aside(document, stop, 1, collapsed);
    case 'ArrowLeft':
      return aside(document, stop, -1, collapsed);
    case 'Home':
      return TRIGGER;
    case 'End':
      return END;
    default:
      return undefined;
  }
}

function entry(document: Document, list: string, steps: number): string {
  return (steps > 0 ? placeByPath(document, join(list, 0))?.key : undefined) ?? emptyStop(list);
}

function into(document: Document, place: Place, way: Way): string {
  const list = place.path + way.path;
  return entry(document, list, way.steps.length);
}

function down(document: Document, stop: string, collapsed: ReadonlySet<string>): string | undefined {
  if (stop === TRIGGER) return entry(document, STEPS, topSteps(document).length);
  if (stop === END) return undefined;
  const list = listOf(stop);
  if (list !== undefined) {
    const owner = ownerOf(document, list);
    const place = owner === undefined ? undefined : placeOf(document, owner);
    return place ? behind(document, place) : END;
  }
  const place = placeOf(document, stop);
  if (!place) return undefined;
  const way = collapsed.has(stop) ? undefined : waysOf(place.step).find((one) => !one.side);
  return way ? into(document, place, way) : behind(document, place);
}

/** What follows a step: its neighbour, or what follows the block around it. */
function behind(document: Document, place: Place): string {
  const next = placeByPath(document, join(place.list, place.index + 1));
  if (next) return next.key;
  const parent = place.parent && placeOf(document, place.parent.key);
  return parent ? behind(document, parent) : END;
}

function up(document: Document, stop: string): string | undefined {
  if (stop === TRIGGER) return undefined;
  if (stop === END) {
    const last = placeByPath(document, join(STEPS, topSteps(document).length - 1));
    return last?.key ?? emptyStop(STEPS);
  }
  const list = listOf(stop);
  if (list !== undefined) return ownerOf(document, list) ?? TRIGGER;
  const place = placeOf(document, stop);
  if (!place) return undefined;
  const before = placeByPath(document, join(place.list, place.index - 1));
  return before?.key ?? place.parent?.key ?? TRIGGER;
}

function aside(
  document: Document,
  stop: string,
  by: -1 | 1,
  collapsed: ReadonlySet<string>,
): string | undefined {
  const own = placeOf(document, stop);
  if (own && by > 0 && !collapsed.has(stop)) {
    // From a block to its second way, or to a way at its side.
    const ways = waysOf(own.step);
    const way = ways.find((one) => one.side) ?? ways[1];
    if (way) return into(document, own, way);
  }
  const list = listOf(stop) ?? own?.list;
  for (let at = list; at !== undefined; ) {
    const owner = ownerOf(document, at);
    const place = owner === undefined ? undefined : placeOf(document, owner);
    if (!place) return undefined;
    const ways = waysOf(place.step);
    const next = ways[ways.findIndex((way) => place.path + way.path === at) + by];
    if (next) return into(document, place, next);
    if (by < 0) return place.key;
    at = place.list;
  }
  return undefined;
}
