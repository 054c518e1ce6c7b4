/**
 * The picture of a document: cards, lines with their `+`, labels, joins and loops, from the block
 * structure alone. Nothing of it is stored.
 *
 * Knows no screen and no node kind.
 */

import { kindOf, type Step } from './blocks';
import { type Document, named, placesOf, type StepId, topSteps } from './document';
import { textAt } from './json';
import { Drawing } from './layout-draw';
import { METRICS, type Metrics, measurer, type Size } from './layout-parts';
import type { Layout, LayoutEdge, LayoutJump, LayoutNode, Point } from './layout-types';

export interface LayoutOptions {
  readonly metrics?: Metrics;
  /** The size of a step's card; it may depend on the step object only. */
  readonly sizeOf?: (step: Step) => Size;
}

/**
 * Makes a layout function that remembers what it measured. Given the layout before, cards and lines
 * that did not change are the same objects again, so React passes them over.
 */
export function layouter(
  options: LayoutOptions = {},
): (document: Document, collapsed?: ReadonlySet<StepId>, previous?: Layout) => Layout {
  const metrics = options.metrics ?? METRICS;
  const card = { w: metrics.cardWidth, h: metrics.cardHeight };
  const sizeOf = options.sizeOf ?? (() => card);
  const measure = measurer(metrics, sizeOf);
  return (source, collapsed = NOTHING, previous) => {
    const document = named(source);
    const list = measure.list(topSteps(document), metrics.gap, collapsed);
    const layout = { ...new Drawing(document, metrics, card, list).layout(), jumps: jumps(document) };
    return previous ? keepSame(layout, previous) : layout;
  };
}

const NOTHING: ReadonlySet<StepId> = new Set();
function jumps(document: Document): readonly LayoutJump[] {
  const places = placesOf(document);
  const order = new Map([...places.keys()].map((key, at) => [key, at]));
  const found: LayoutJump[] = [];
  for (const place of places.values()) {
    const to = kindOf(place.step) === 'goto' ? textAt(place.step, 'goto') : undefined;
    if (to === undefined || !places.has(to)) continue;
    found.push({ from: place.key, to, backward: (order.get(to) ?? 0) <= (order.get(place.key) ?? 0) });
  }
  return found;
}
/** The layout with every card, line and join that is as before being the same object as before. */
function keepSame(next: Layout, previous: Layout): Layout {
  const reuse = <T extends { readonly key: string }>(
    items: readonly T[],
    old: readonly T[],
    isSame: (a: T, b: T) => boolean,
  ): readonly T[] => {
    const known = new Map(old.map((item) => [item.key, item]));
    const kept = items.map((item) => {
      const before = known.get(item.key);
      return before && isSame(item, before) ? before : item;
    });
    return kept.length === old.length && kept.every((item, at) => item === old[at]) ? old : kept;
  };
  return {
    ...next,
    nodes: reuse(next.nodes, previous.nodes, isSameNode),
    edges: reuse(next.edges, previous.edges, isSameEdge),
    joins: reuse(next.joins, previous.joins, (a, b) => isSamePoint(a, b)),
  };
}

function isSameNode(a: LayoutNode, b: LayoutNode): boolean {
  return (
    isSamePoint(a, b) &&
    a.w === b.w &&
    a.h === b.h &&
    a.step === b.step &&
    a.path === b.path &&
    a.off === b.off &&
    a.collapsed === b.collapsed &&
    a.hidden === b.hidden &&
    a.depth === b.depth
  );
}

function isSameEdge(a: LayoutEdge, b: LayoutEdge): boolean {
  return (
    a.kind === b.kind &&
    a.from === b.from &&
    a.to === b.to &&
    a.dead === b.dead &&
    a.points.length === b.points.length &&
    a.points.every((point, at) => isSamePoint(point, b.points[at])) &&
    a.plus?.slot.list === b.plus?.slot.list &&
    a.plus?.slot.index === b.plus?.slot.index &&
    JSON.stringify(a.label) === JSON.stringify(b.label)
  );
}

function isSamePoint(a: Point, b: Point | undefined): boolean {
  return b !== undefined && a.x === b.x && a.y === b.y;
}
