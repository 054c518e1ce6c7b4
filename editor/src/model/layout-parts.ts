/**
 * How much room each block takes, from the inside out, relative to its own axis: the half of the
 * layout that is remembered per step, so an edit measures only what is around it.
 *
 * Knows no screen: sizes of cards are given.
 */

import { kindOf, type Step, type Way, waysOf } from './blocks';
import { idOf, type StepId } from './document';
import { field } from './json';

/** Distances in pixels. */
export interface Metrics {
  readonly cardWidth: number;
  readonly cardHeight: number;
  /** Between two cards of a list: room for the line and its `+`. */
  readonly gap: number;
  /** From a card to the line from which its ways go down. */
  readonly fork: number;
  /** From there to the first card of a way: room for its label and a `+`. */
  readonly lead: number;
  /** From the end of the longest way to the line where they meet. */
  readonly join: number;
  /** Between ways, side by side. */
  readonly wayGap: number;
  /** The least width of a way, so that its label fits. */
  readonly wayWidth: number;
  /** Left of a loop, for the line back. */
  readonly loop: number;
}

export const METRICS: Metrics = {
  cardWidth: 280,
  cardHeight: 72,
  gap: 56,
  fork: 24,
  lead: 92,
  join: 12,
  wayGap: 48,
  wayWidth: 200,
  loop: 48,
};

export interface Size {
  readonly w: number;
  readonly h: number;
}

/** A step with everything inside it; x from its axis, y from its top. */
export interface StepPart {
  readonly step: Step;
  readonly card: Size;
  readonly left: number;
  readonly right: number;
  readonly height: number;
  /** Whether a run can go on behind it. */
  readonly flows: boolean;
  /** Whether a run can pass it without taking any of its ways. */
  readonly through: boolean;
  readonly ways: readonly WayPart[];
  /** Where the ways' lines part and meet again. */
  readonly forkY: number;
  readonly joinY: number;
  readonly loops: boolean;
  /** How many steps a collapsed block hides. */
  readonly hidden: number;
}

export interface WayPart {
  readonly way: Way;
  /** Whether its line leaves the card at the side. */
  readonly side: boolean;
  readonly axis: number;
  readonly list: ListPart;
}

export interface ListPart {
  readonly items: readonly { readonly part: StepPart; readonly y: number }[];
  readonly left: number;
  readonly right: number;
  readonly height: number;
  readonly flows: boolean;
}

/** Measures steps; one per set of distances, because what it remembers depends on them. */
export interface Measure {
  list(steps: readonly Step[], lead: number, collapsed: ReadonlySet<StepId>): ListPart;
}

/** What was measured, with the collapsible blocks inside and which of them were collapsed. */
interface Known {
  readonly part: StepPart;
  readonly blocks: ReadonlySet<StepId>;
  readonly collapsed: readonly StepId[];
}

export function measurer(metrics: Metrics, sizeOf: (step: Step) => Size): Measure {
  const cache = new WeakMap<Step, Known>();

  const measure = (step: Step, collapsed: ReadonlySet<StepId>): StepPart => {
    const known = cache.get(step);
    if (known && isStill(known, collapsed)) return known.part;
    const blocks = known?.blocks ?? (waysOf(step).length === 0 ? NO_BLOCKS : blocksIn(step));
    const part = stepPart(step, metrics, sizeOf(step), collapsed, list);
    const inside =
      collapsed.size === 0 || blocks.size === 0 ? NO_IDS : [...collapsed].filter((id) => blocks.has(id));
    cache.set(step, { part, blocks, collapsed: inside });
    return part;
  };

  const list = (steps: readonly Step[], lead: number, collapsed: ReadonlySet<StepId>): ListPart => {
    let y = lead;
    let left = metrics.wayWidth / 2;
    let right = left;
    let flows = true;
    const items = steps.map((step, index) => {
      const part = measure(step, collapsed);
      if (index > 0) y += metrics.gap;
      const at = y;
      y += part.height;
      left = Math.max(left, part.left);
      right = Math.max(right, part.right);
      flows = part.flows;
      return { part, y: at };
    });
    if (items.length > 0 && flows) y += metrics.gap;
    return { items, left, right, height: y, flows };
  };

  return { list };
}

const NO_BLOCKS: ReadonlySet<StepId> = new Set();
const NO_IDS: readonly StepId[] = [];
const NO_PARTS: readonly WayPart[] = [];

function isStill(known: Known, collapsed: ReadonlySet<StepId>): boolean {
  if (known.blocks.size === 0) return true;
  let inside = 0;
  for (const id of collapsed) if (known.blocks.has(id)) inside += 1;
  return inside === known.collapsed.length && known.collapsed.every((id) => collapsed.has(id));
}

function blocksIn(step: Step, found = new Set<StepId>()): ReadonlySet<StepId> {
  const ways = waysOf(step);
  const id = idOf(step);
  if (ways.length > 0 && id !== undefined) found.add(id);
  for (const way of ways) for (const inner of way.steps) blocksIn(inner, found);
  return found;
}

const flowing = new WeakMap<Step, boolean>();

/** Whether a run can go on behind a step. */
export function flowsOn(step: Step): boolean {
  let known = flowing.get(step);
  if (known === undefined) {
    known =
      field(step, 'enabled') === false || passes(step) || waysOf(step).some((way) => listFlows(way.steps));
    flowing.set(step, known);
  }
  return known;
}

function listFlows(steps: readonly Step[]): boolean {
  const last = steps.at(-1);
  return last === undefined || flowsOn(last);
}

/** Whether the block lets a run pass beside its ways. */
function passes(step: Step): boolean {
  switch (kindOf(step)) {
    case 'goto':
    case 'stop':
      return false;
    case 'if':
    case 'switch':
    case 'repeat':
      return false;
    case 'split':
    case 'ask':
    case 'parallel':
      return waysOf(step).every((way) => way.side);
    default:
      return true;
  }
}

function countIn(step: Step): number {
  return waysOf(step).reduce(
    (sum, way) => sum + way.steps.reduce((inner, one) => inner + 1 + countIn(one), 0),
    0,
  );
}

function stepPart(
  step: Step,
  metrics: Metrics,
  card: Size,
  collapsed: ReadonlySet<StepId>,
  list: Measure['list'],
): StepPart {
  const half = card.w / 2;
  const flows = flowsOn(step);
  const all = waysOf(step);
  const id = idOf(step);
  const leaf = {
    step,
    card,
    left: half,
    right: half,
    height: card.h,
    flows,
    through: flows,
    ways: NO_PARTS,
    forkY: card.h,
    joinY: card.h,
    loops: false,
    hidden: 0,
  };
  if (all.length === 0) return leaf;
  if (id !== undefined && collapsed.has(id)) return { ...leaf, hidden: countIn(step) };

  const lists = all.map((way) => ({ way, list: list(way.steps, metrics.lead, collapsed) }));
  const isLoop = all.some((way) => way.kind === 'body');
  const someFlow = lists.some((one) => one.list.flows);
  // What goes on although every way ends (it is switched off, or has no rounds) goes on straight down.
  const main = flows && !someFlow ? [] : lists.filter((one) => !one.way.side);
  const side = lists.filter((one) => !main.includes(one));
  const ways: WayPart[] = [];
  let x = 0;
  for (const one of main) {
    ways.push({ ...one, side: false, axis: x + one.list.left });
    x += one.list.left + one.list.right + metrics.wayGap;
  }
  const middle = ((ways[0]?.axis ?? 0) + (ways.at(-1)?.axis ?? 0)) / 2;
  for (const [at, way] of ways.entries()) ways[at] = { ...way, axis: way.axis - middle };
  let left = Math.max(half, ...ways.map((way) => way.list.left - way.axis));
  let right = Math.max(half, ...ways.map((way) => way.axis + way.list.right));
  for (const one of side) {
    ways.push({ ...one, side: true, axis: right + metrics.wayGap + one.list.left });
    right += metrics.wayGap + one.list.left + one.list.right;
  }
  const loops = isLoop && main.some((one) => one.list.flows);
  if (loops) left += metrics.loop;
  const forkY = card.h + metrics.fork;
  const end = forkY + Math.max(...lists.map((one) => one.list.height));
  const joinY = flows ? end + metrics.join : end;
  return {
    step,
    card,
    left,
    right,
    height: joinY,
    flows,
    through: flows && main.length === 0 && !isEnded(step),
    ways,
    forkY,
    joinY,
    loops,
    hidden: 0,
  };
}

/** Whether only its side ways go on: a `stop` or `goto` that may fail. */
function isEnded(step: Step): boolean {
  const kind = kindOf(step);
  return field(step, 'enabled') !== false && (kind === 'stop' || kind === 'goto');
}
