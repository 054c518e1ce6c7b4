/**
 * Which steps stay after a merge: what one side removed goes, unless the other side has worked on it,
 * which is a conflict about the outermost removed step.
 */

import type { StepId } from './document';
import { type Flat, ownerOfList } from './flat';
import { identical } from './json';
import type { Note, Versions } from './merge';
import { phrase } from './phrase';

/** The ids of the steps that stay. */
export function survivors({ old, ours, others }: Versions, note: Note): ReadonlySet<StepId> {
  const kept = new Set([...ours.steps.keys(), ...others.steps.keys()]);
  // Removed by them, perhaps worked on by me; then the other way round.
  settle({ old, keeper: ours, remover: others }, kept, (id) => {
    const step = { base: old.steps.get(id)?.step, mine: ours.steps.get(id)?.step, theirs: undefined };
    return (
      note({
        kind: 'removed_there',
        step: id,
        path: '',
        ...step,
        label: phrase('conflict.removed_there', { step: id }),
      }) === 'mine'
    );
  });
  settle({ old, keeper: others, remover: ours }, kept, (id) => {
    const step = { base: old.steps.get(id)?.step, mine: undefined, theirs: others.steps.get(id)?.step };
    return (
      note({
        kind: 'removed_here',
        step: id,
        path: '',
        ...step,
        label: phrase('conflict.removed_here', { step: id }),
      }) === 'theirs'
    );
  });
  return kept;
}

interface Sides {
  readonly old: Flat;
  /** The side that still has the steps. */
  readonly keeper: Flat;
  readonly remover: Flat;
}

function settle(sides: Sides, kept: Set<StepId>, isKept: (root: StepId) => boolean): void {
  const gone = new Set(
    [...sides.old.steps.keys()].filter((id) => sides.keeper.steps.has(id) && !sides.remover.steps.has(id)),
  );
  if (gone.size === 0) return;
  const roots = new Set(
    [...gone].filter((id) => isTouched(sides, id)).map((id) => rootOf(sides.keeper, gone, id)),
  );
  const saved = new Set<StepId>();
  for (const root of roots) {
    const stays = isKept(root);
    for (const id of within(sides.keeper, root)) {
      // Inside a removed step, what only this side has goes or stays with it.
      if (sides.remover.steps.has(id)) continue;
      if (stays) saved.add(id);
      else kept.delete(id);
    }
  }
  for (const id of gone) if (!saved.has(id)) kept.delete(id);
}

/** Whether a side has done something to a step: its fields, its place, or something put inside it. */
function isTouched({ old, keeper }: Sides, id: StepId): boolean {
  const before = old.steps.get(id);
  const after = keeper.steps.get(id);
  if (!before || !after) return false;
  if (!identical(before.own, after.own) || before.list !== after.list) return true;
  return listsOf(keeper, id).some((list) =>
    (keeper.lists.get(list) ?? []).some((inner) => old.steps.get(inner)?.list !== list),
  );
}

function rootOf(flat: Flat, gone: ReadonlySet<StepId>, id: StepId): StepId {
  let root = id;
  for (let owner = ownerIn(flat, root); owner !== undefined && gone.has(owner); owner = ownerIn(flat, root))
    root = owner;
  return root;
}

function ownerIn(flat: Flat, id: StepId): StepId | undefined {
  return ownerOfList(flat.steps.get(id)?.list ?? '');
}

function listsOf(flat: Flat, id: StepId): readonly string[] {
  return [...flat.lists.keys()].filter((key) => ownerOfList(key) === id);
}

/** A step and all inside it. */
function within(flat: Flat, id: StepId): readonly StepId[] {
  return [
    id,
    ...listsOf(flat, id).flatMap((list) =>
      (flat.lists.get(list) ?? []).flatMap((inner) => within(flat, inner)),
    ),
  ];
}
