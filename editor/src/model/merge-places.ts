/**
 * In which list every step stands after a merge. A step moved by one side is moved; moved by both to
 * different places, or into each other, it is a conflict.
 */

import { kindOf } from './blocks';
import type { StepId } from './document';
import { ownerOfList, TOP } from './flat';
import { EMPTY, isObject, type Json } from './json';
import type { Note, Versions } from './merge';
import { phrase } from './phrase';

/** Step -> the key of its list, for the steps that stay, whose fields are known already. */
export function placesAfter(
  all: Versions,
  own: ReadonlyMap<StepId, Json>,
  note: Note,
): ReadonlyMap<StepId, string> {
  const { old, ours, others } = all;
  const kept = new Set(own.keys());
  const places = new Map<StepId, string>();
  const stands = (list: string | undefined): list is string => {
    if (list === undefined) return false;
    const owner = ownerOfList(list);
    return owner === undefined || (kept.has(owner) && isListOf(all, own.get(owner) ?? EMPTY, owner, list));
  };
  const choose = (id: StepId, mine: string | undefined, theirs: string | undefined): 'mine' | 'theirs' =>
    note({
      kind: 'place',
      step: id,
      path: '',
      base: old.steps.get(id)?.list,
      mine,
      theirs,
      label: phrase('conflict.place', { step: id }),
    });
  for (const id of kept) {
    const base = old.steps.get(id)?.list;
    const mine = ours.steps.get(id)?.list;
    const theirs = others.steps.get(id)?.list;
    places.set(id, [decide(id, base, mine, theirs, choose), mine, theirs, base].find(stands) ?? TOP);
  }
  untangle(all, kept, places, { choose, stands });
  return places;
}

/** Whether a step that stays has a list: another block under the same id has none of the old one's. */
function isListOf({ old, ours, others }: Versions, own: Json, id: StepId, list: string): boolean {
  const kind = isObject(own) ? kindOf(own) : undefined;
  return [ours, others, old].some((flat) => {
    const step = flat.steps.get(id);
    return step !== undefined && kindOf(step.step) === kind && flat.lists.has(list);
  });
}

function decide(
  id: StepId,
  base: string | undefined,
  mine: string | undefined,
  theirs: string | undefined,
  choose: (id: StepId, mine: string, theirs: string) => 'mine' | 'theirs',
): string | undefined {
  if (mine === undefined || theirs === undefined) return mine ?? theirs;
  if (mine === theirs || theirs === base) return mine;
  if (mine === base) return theirs;
  return choose(id, mine, theirs) === 'mine' ? mine : theirs;
}

interface Deciding {
  readonly choose: (id: StepId, mine: string, theirs: string) => 'mine' | 'theirs';
  readonly stands: (list: string | undefined) => list is string;
}

/** Steps that came to lie inside each other are all placed as one side has them. */
function untangle(
  { ours, others }: Versions,
  kept: ReadonlySet<StepId>,
  places: Map<StepId, string>,
  { choose, stands }: Deciding,
): void {
  for (const id of tangled(kept, places)) {
    const [mine, theirs] = [ours.steps.get(id)?.list, others.steps.get(id)?.list];
    // Where one side's list is gone there is nothing to choose.
    if (!stands(mine) || !stands(theirs) || mine === theirs) continue;
    places.set(id, choose(id, mine, theirs) === 'mine' ? mine : theirs);
  }
  // Different choices for steps of one tangle may leave one: the top is always free.
  for (const id of tangled(kept, places)) places.set(id, TOP);
}

/** The steps from which no way leads up to the top. */
function tangled(kept: ReadonlySet<StepId>, places: ReadonlyMap<StepId, string>): readonly StepId[] {
  const free = new Set<StepId>();
  const isFree = (start: StepId): boolean => {
    const way: StepId[] = [];
    const seen = new Set<StepId>();
    let id: StepId | undefined = start;
    while (id !== undefined && !free.has(id)) {
      if (seen.has(id)) return false;
      seen.add(id);
      way.push(id);
      id = ownerOfList(places.get(id) ?? TOP);
    }
    for (const one of way) free.add(one);
    return true;
  };
  return [...kept].filter((id) => !isFree(id));
}
