/**
 * What differs between two documents, as data for sentences: steps added, removed, moved, and fields
 * changed from one value to another. Documents hold no coordinates, so moves of the picture do not exist.
 *
 * Knows no language and no node kind. Empty exactly when the documents hold the same.
 */

import { kindOf, type Step, waysOf } from './blocks';
import { type Document, named, type StepId } from './document';
import { type Flat, flatten, LIST, ownerOfList, TOP } from './flat';
import { equal, isObject, type Json } from './json';
import { type Phrase, type PhraseKey, phrase } from './phrase';
import { join } from './pointer';

export interface Difference {
  readonly kind: 'added' | 'removed' | 'moved' | 'changed' | 'header' | 'text';
  readonly sentence: Phrase;
  /** The step; absent for what lies before the steps. */
  readonly step?: StepId;
  /** The step's block, for its word and icon. */
  readonly block?: ReturnType<typeof kindOf>;
  /** The field, as a pointer from the step or from the document. */
  readonly path?: string;
  readonly from?: Json;
  readonly to?: Json;
}

export function diff(before: Document, after: Document): readonly Difference[] {
  if (equal(before, after)) return [];
  const old = flatten(before);
  const now = flatten(after, old);
  const found: Difference[] = [];
  fieldChanges(old.header, now.header, '', (path, from, to) => {
    const name =
      to === undefined
        ? 'diff.header_removed'
        : from === undefined
          ? 'diff.header_added'
          : 'diff.header_changed';
    found.push({ kind: 'header', sentence: phrase(name, { field: path }), path, ...defined(from, to) });
  });
  for (const [id, { step, list }] of now.steps) {
    if (old.steps.has(id)) continue;
    const owner = ownerOfList(list);
    // What is inside an added step was added with it.
    if (owner !== undefined && !old.steps.has(owner)) continue;
    found.push(about('added', 'diff.added', id, step, { count: countNew(step, old) }));
  }
  for (const [id, { step, list }] of old.steps) {
    if (now.steps.has(id)) continue;
    const owner = ownerOfList(list);
    if (owner !== undefined && !now.steps.has(owner)) continue;
    found.push(about('removed', 'diff.removed', id, step, { count: countNew(step, now) }));
  }
  moves(old, now, found);
  changes(old, now, found);
  // Two texts may differ in what no step shows, such as a step's doubled id.
  const isSame = equal(named(before), named(after));
  if (found.length === 0)
    found.push({ kind: 'text', sentence: phrase('diff.text_changed', { named: isSame ? 1 : 0 }) });
  return found;
}

function defined(from: Json | undefined, to: Json | undefined): { from?: Json; to?: Json } {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function about(
  kind: Difference['kind'],
  key: PhraseKey,
  id: StepId,
  step: Step,
  values: Phrase['values'] = {},
): Difference {
  return { kind, sentence: phrase(key, { step: id, ...values }), step: id, block: kindOf(step) };
}

/** The step and those inside it that the other document does not have. */
function countNew(step: Step, other: Flat): number {
  const inside = waysOf(step).flatMap((way) => way.steps.map((inner) => countNew(inner, other)));
  const id = isObject(step) ? step.id : undefined;
  return inside.reduce((sum, count) => sum + count, typeof id === 'string' && other.steps.has(id) ? 0 : 1);
}

/** As few steps as possible that explain the order, and those in another list. */
function moves(old: Flat, now: Flat, found: Difference[]): void {
  for (const [key, ids] of now.lists) {
    const before = old.lists.get(key) ?? [];
    const position = new Map(before.map((id, at) => [id, at]));
    const staying = new Set(
      longestRising(
        ids.filter((id) => position.has(id)),
        (id) => position.get(id) ?? 0,
      ),
    );
    for (const id of ids) {
      const was = old.steps.get(id);
      const is = now.steps.get(id);
      if (!was || !is || staying.has(id)) continue;
      const values = { from: ownerOfList(was.list) ?? TOP, to: ownerOfList(key) ?? TOP };
      found.push({ ...about('moved', 'diff.moved', id, is.step, values), from: was.list, to: key });
    }
  }
}

/** The longest run of items whose numbers rise. */
function longestRising(items: readonly string[], numberOf: (item: string) => number): readonly string[] {
  const ends: number[] = [];
  const previous: (number | undefined)[] = [];
  for (const [at, item] of items.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numberOf(items[ends[middle] ?? 0] ?? '') < numberOf(item)) low = middle + 1;
      else high = middle;
    }
    previous[at] = ends[low - 1];
    ends[low] = at;
  }
  const run: string[] = [];
  for (let at = ends.at(-1); at !== undefined; at = previous[at]) run.unshift(items[at] ?? '');
  return run;
}

function changes(old: Flat, now: Flat, found: Difference[]): void {
  for (const [id, after] of now.steps) {
    const before = old.steps.get(id);
    if (!before) continue;
    fieldChanges(before.own, after.own, '', (path, from, to) => {
      const key = changeKey(path, from, to);
      const shown = defined(from === LIST ? [] : from, to === LIST ? [] : to);
      found.push({ ...about('changed', key, id, after.step, { field: path }), path, ...shown });
    });
    const order = caseOrder(after.own).filter((one) => caseOrder(before.own).includes(one));
    const was = caseOrder(before.own).filter((one) => order.includes(one));
    if (!equal(order, was)) found.push(about('changed', 'diff.ways_reordered', id, after.step));
  }
}

function caseOrder(own: Json): readonly string[] {
  const cases = isObject(own) ? own.switch : undefined;
  return isObject(cases) ? Object.keys(cases) : [];
}

function changeKey(path: string, from: Json | undefined, to: Json | undefined): PhraseKey {
  if (path === '/enabled') return to === false ? 'diff.disabled' : 'diff.enabled';
  if (isWay(to) && from === undefined) return 'diff.way_added';
  if (isWay(from) && to === undefined) return 'diff.way_removed';
  if (from === undefined) return 'diff.field_added';
  return to === undefined ? 'diff.field_removed' : 'diff.changed';
}

/** A list of steps, or a case with one. */
function isWay(value: Json | undefined): boolean {
  return value === LIST || (isObject(value) && Object.values(value).includes(LIST));
}

/** Calls `tell` for every value that differs, as deep inside objects as can be told. */
function fieldChanges(
  from: Json | undefined,
  to: Json | undefined,
  path: string,
  tell: (path: string, from: Json | undefined, to: Json | undefined) => void,
): void {
  if (from !== undefined && to !== undefined && equal(from, to) && (from === LIST) === (to === LIST)) return;
  if (isObject(from) && isObject(to) && from !== LIST && to !== LIST) {
    for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
      const one = Object.hasOwn(from, name) ? from[name] : undefined;
      const other = Object.hasOwn(to, name) ? to[name] : undefined;
      fieldChanges(one, other, join(path, name), tell);
    }
    return;
  }
  if (from !== undefined || to !== undefined) tell(path, from, to);
}
