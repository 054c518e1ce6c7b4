/**
 * Pointer arithmetic for steps that come and go: what a pointer becomes after a step was taken out or
 * put in, lists that are not written yet, and which of several steps are outermost.
 */

import { type Document, type Place, placesOf, type Slot, type StepId } from './document';
import { fromEntries, isArray, isObject, type Json } from './json';
import type { Patch } from './patch';
import { isWithin, join, position, split, valueAt } from './pointer';

/** The pointer after the item at `gone` was removed; `undefined` when it pointed into that item. */
export function afterRemoval(pointer: string, gone: string): string | undefined {
  return isWithin(pointer, gone) ? undefined : shifted(pointer, gone, -1);
}

/** The pointer after an item was inserted at `come`. */
export function afterInsertion(pointer: string, come: string): string {
  return shifted(pointer, come, 1);
}

function shifted(pointer: string, item: string, by: number): string {
  const cut = item.lastIndexOf('/');
  const list = item.slice(0, cut);
  const at = Number(item.slice(cut + 1));
  if (!pointer.startsWith(`${list}/`)) return pointer;
  const [head = '', ...rest] = pointer.slice(list.length + 1).split('/');
  const index = position(head);
  if (index === undefined || (by > 0 ? index < at : index <= at)) return pointer;
  return [list, index + by, ...rest].join('/');
}

/** The patches that write a list the document leaves out; `undefined` when it has no room for one. */
export function writeList(document: Document, list: string): readonly Patch[] | undefined {
  if (isArray(valueAt(document, list))) return [];
  const names = split(list);
  if (!names) return undefined;
  for (let length = names.length - 1; length >= 0; length -= 1) {
    const around = valueAt(document, join('', ...names.slice(0, length)));
    if (around === undefined) continue;
    const name = names[length];
    if (!isObject(around) || name === undefined) return undefined;
    const inner = names.slice(length + 1).reduceRight<Json>((value, key) => fromEntries([[key, value]]), []);
    return [{ op: 'add', path: join('', ...names.slice(0, length), name), value: inner }];
  }
  return undefined;
}

/** The places of the outermost of these steps, in the order of the text. */
export function outermost(document: Document, keys: readonly StepId[]): readonly Place[] {
  const wanted = new Set(keys);
  const found: Place[] = [];
  let last: Place | undefined;
  for (const place of placesOf(document).values()) {
    if (!wanted.has(place.key) || (last && isWithin(place.path, last.path))) continue;
    found.push(place);
    last = place;
  }
  return found;
}

/** The slot's pointer, as the place of a step inserted there. */
export function slotPath(slot: Slot): string {
  return join(slot.list, slot.index);
}

/** Whether these places follow each other in one list. */
export function isRow(places: readonly Place[]): boolean {
  return places.every((place, at) => {
    const before = places[at - 1];
    return !before || (before.list === place.list && before.index + 1 === place.index);
  });
}
