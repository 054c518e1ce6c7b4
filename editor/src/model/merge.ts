/**
 * Three-way merge of documents by step id. Edits that do not touch each other merge; those that do are
 * conflicts, each with both values, decided by a choice per conflict (mine, until something is chosen).
 *
 * Pure: choosing means merging again with the choices. Knows no node kind.
 */

import { kindOf } from './blocks';
import type { Document, StepId } from './document';
import { type Flat, type FlatStep, flatten, LIST, ownerOfList, TOP, unflatten, wayOfList } from './flat';
import { freshId } from './ids';
import { EMPTY, equal, identical, isObject, type Json } from './json';
import { placesAfter } from './merge-places';
import { survivors } from './merge-removed';
import { type Clash, mergeOrder, mergeValue, type Side, type Three } from './merge-values';
import { apply } from './patch';
import { type Phrase, phrase } from './phrase';
import { renameStep } from './rename';
import { share } from './share';

export type { Side } from './merge-values';

export interface Conflict {
  /** Stays the same from merge to merge, to hang a choice on. */
  readonly id: string;
  readonly kind: 'field' | 'block' | 'removed_here' | 'removed_there' | 'place' | 'order';
  /** The step, or the step whose list it is; absent for what lies before the steps. */
  readonly step?: StepId;
  /** From the step, or from the document. */
  readonly path: string;
  readonly base: Json | undefined;
  readonly mine: Json | undefined;
  readonly theirs: Json | undefined;
  readonly label: Phrase;
  /** What the merged document holds. */
  readonly choice: Side;
}

export interface Merged {
  readonly document: Document;
  readonly conflicts: readonly Conflict[];
  /** Steps of mine whose id the other side had given away meanwhile: old id -> new id. */
  readonly renamed: ReadonlyMap<StepId, StepId>;
}

/** Notes a conflict and says what is chosen. */
export type Note = (conflict: Omit<Conflict, 'id' | 'choice'>) => Side;

export function merge(
  base: Document,
  mine: Document,
  theirs: Document,
  choices: ReadonlyMap<string, Side> = NO_CHOICES,
): Merged {
  const conflicts: Conflict[] = [];
  const note: Note = (conflict) => {
    const id = [conflict.kind, conflict.step ?? '', conflict.path].join(':');
    const choice = choices.get(id) ?? 'mine';
    if (!conflicts.some((known) => known.id === id)) conflicts.push({ ...conflict, id, choice });
    return choice;
  };
  const old = flatten(base);
  const others = flatten(theirs, old);
  const { document: own, renamed } = withoutClashes(old, mine, others);
  const ours = flatten(own, old);
  const all: Versions = { old, ours, others };
  const kept = survivors(all, note);
  const fieldsOf = fields(all, kept, note);
  const places = placesAfter(all, fieldsOf, note);
  const document = unflatten(headers(all, note), fieldsOf, orders(all, places, note));
  return { document: share(mine, document), conflicts, renamed };
}

const NO_CHOICES: ReadonlyMap<string, Side> = new Map();

/** The three documents taken apart. */
export interface Versions {
  readonly old: Flat;
  readonly ours: Flat;
  readonly others: Flat;
}

/** Mine, with new steps renamed whose id the other side gave to another new step. */
function withoutClashes(
  old: Flat,
  mine: Document,
  others: Flat,
): { document: Document; renamed: ReadonlyMap<StepId, StepId> } {
  const ours = flatten(mine, old);
  const renamed = new Map<StepId, StepId>();
  const taken = new Set([...ours.steps.keys(), ...others.steps.keys(), ...old.steps.keys()]);
  let document = mine;
  for (const [id, step] of ours.steps) {
    const other = others.steps.get(id);
    if (!other || old.steps.has(id) || (equal(step.step, other.step) && step.list === other.list)) continue;
    const next = freshId(taken, id);
    const built = renameStep(document, id, next);
    const done = built.ok ? apply(document, built.value.patches) : built;
    if (!done.ok || !('document' in done.value)) continue;
    taken.add(next);
    renamed.set(id, next);
    document = done.value.document;
  }
  return { document, renamed };
}

function headers({ old, ours, others }: Versions, note: Note): Flat['header'] {
  const values = { base: old.header, mine: ours.header, theirs: others.header };
  const clash: Clash = (path, three) =>
    note({ kind: 'field', path, ...visible(three), label: phrase('conflict.field', { field: path }) });
  const merged = mergeValue(values, '', clash, LIST);
  return isObject(merged) ? merged : EMPTY;
}

/** The own fields of every step that stays. */
function fields(
  { old, ours, others }: Versions,
  kept: ReadonlySet<StepId>,
  note: Note,
): ReadonlyMap<StepId, Json> {
  const merged = new Map<StepId, Json>();
  for (const id of kept) {
    const base = old.steps.get(id);
    const mine = ours.steps.get(id);
    const theirs = others.steps.get(id);
    const one = mine && theirs ? mergeStep(id, { base, mine, theirs }, note) : (mine ?? theirs)?.own;
    merged.set(id, one ?? EMPTY);
  }
  return merged;
}

function mergeStep(
  id: StepId,
  steps: { readonly base: FlatStep | undefined; readonly mine: FlatStep; readonly theirs: FlatStep },
  note: Note,
): Json | undefined {
  const values: Three = { base: steps.base?.own, mine: steps.mine.own, theirs: steps.theirs.own };
  const kinds = new Set(
    [steps.base, steps.mine, steps.theirs].flatMap((one) => (one ? [kindOf(one.step)] : [])),
  );
  // Another block under the same id is another thing: its fields do not mix with the old one's.
  if (kinds.size > 1 && !isSame(values.mine, values.base) && !isSame(values.theirs, values.base)) {
    if (equal(values.mine, values.theirs)) return values.mine;
    const shown = { base: steps.base?.step, mine: steps.mine.step, theirs: steps.theirs.step };
    const choice = note({
      kind: 'block',
      step: id,
      path: '',
      ...shown,
      label: phrase('conflict.block', { step: id }),
    });
    return values[choice];
  }
  return mergeValue(
    values,
    '',
    (path, three) =>
      note({
        kind: 'field',
        step: id,
        path,
        ...visible(three),
        label: phrase('conflict.field', { step: id, field: path }),
      }),
    LIST,
  );
}

function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return one !== undefined && other !== undefined && identical(one, other);
}

/** A list that stands in for steps is shown as a list. */
function visible(three: Three): Three {
  const show = (value: Json | undefined) => (value === LIST ? [] : value);
  return { base: show(three.base), mine: show(three.mine), theirs: show(three.theirs) };
}

/** The order of the steps in every list. */
function orders(
  { old, ours, others }: Versions,
  places: ReadonlyMap<StepId, string>,
  note: Note,
): ReadonlyMap<string, readonly StepId[]> {
  const inside = new Map<string, Set<StepId>>();
  for (const [id, list] of places) inside.set(list, (inside.get(list) ?? new Set()).add(id));
  const keys = new Set([TOP, ...ours.lists.keys(), ...others.lists.keys(), ...inside.keys()]);
  const lists = new Map<string, readonly StepId[]>();
  for (const key of keys) {
    const ids = inside.get(key) ?? new Set<StepId>();
    const [base, mine, theirs] = [old, ours, others].map((flat) => flat.lists.get(key) ?? []) as [
      StepId[],
      StepId[],
      StepId[],
    ];
    const order = mergeOrder(base, mine, theirs, ids, () => {
      const owner = ownerOfList(key);
      const step = owner === undefined ? {} : { step: owner };
      const path = wayOfList(key);
      return note({
        kind: 'order',
        ...step,
        path,
        base,
        mine,
        theirs,
        label: phrase('conflict.order', { ...step }),
      });
    });
    const placed = new Set(order);
    lists.set(key, [...order, ...[...ids].filter((id) => !placed.has(id))]);
  }
  return lists;
}
