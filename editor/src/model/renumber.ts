/**
 * Steps that come from elsewhere made fit to live here: ids unique, references among them following.
 */

import { type Step, waysOf } from './blocks';
import { idOf, type StepId, setAt } from './document';
import { renameIn } from './expressions';
import { baseOf, freshId, isName } from './ids';
import { fromEntries } from './json';

export interface Renumbered {
  readonly steps: readonly Step[];
  /** The ids of the outermost steps. */
  readonly ids: readonly StepId[];
  /** Old id -> new id, for those that changed. */
  readonly renamed: ReadonlyMap<StepId, StepId>;
}

/** Gives every step an id that is not taken; what was written and is free stays. `taken` is not changed. */
export function renumber(steps: readonly Step[], taken: ReadonlySet<StepId>): Renumbered {
  const used = new Set(taken);
  const renamed = new Map<StepId, StepId>();
  const isSeen = new Set<StepId>();
  const claim = (step: Step): StepId => {
    const id = idOf(step);
    const next = id !== undefined && isName(id) && !used.has(id) ? id : freshId(used, baseOf(step));
    used.add(next);
    return next;
  };
  const visit = (step: Step): Step => {
    const id = idOf(step);
    const next = claim(step);
    // Of two steps with one id, references mean the first.
    if (id !== undefined && !isSeen.has(id)) {
      isSeen.add(id);
      if (id !== next) renamed.set(id, next);
    }
    let copy: Step = fromEntries([['id', next], ...Object.entries(step).filter(([name]) => name !== 'id')]);
    for (const way of waysOf(step)) if (way.written) copy = setAt(copy, way.path, way.steps.map(visit));
    return copy;
  };
  const fresh = steps.map(visit);
  const ids = fresh.map((step) => idOf(step) ?? '');
  const follow = (step: Step) => renameIn(step, (id) => renamed.get(id)) as Step;
  return { steps: renamed.size === 0 ? fresh : fresh.map(follow), ids, renamed };
}
