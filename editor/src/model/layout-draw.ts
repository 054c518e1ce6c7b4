/**
 * The measured parts of a document written down at absolute places: cards, lines, joins.
 *
 * Knows no screen and no node kind; y grows downwards, the picture begins at 0, 0.
 */

import { kindOf, waysOf } from './blocks';
import { type Document, placeByPath, STEPS } from './document';
import type { ListPart, Metrics, Size, StepPart, WayPart } from './layout-parts';
import type { Layout, LayoutEdge, LayoutJoin, LayoutNode, Point } from './layout-types';
import { END, TRIGGER } from './layout-types';
import { join } from './pointer';

/** Writes measured parts down at absolute places. */
export class Drawing {
  private readonly nodes: LayoutNode[] = [];
  private readonly edges: LayoutEdge[] = [];
  private readonly joins: LayoutJoin[] = [];
  private readonly left: number;

  constructor(
    private readonly document: Document,
    private readonly metrics: Metrics,
    private readonly card: Size,
    private readonly list: ListPart,
  ) {
    this.left = Math.max(list.left, card.w / 2);
  }

  layout(): Omit<Layout, 'jumps'> {
    const { card, list, left } = this;
    const extra = {
      block: undefined,
      w: card.w,
      h: card.h,
      depth: 0,
      off: false,
      collapsible: false,
      collapsed: false,
      hidden: 0,
    };
    this.nodes.push({
      ...extra,
      key: TRIGGER,
      kind: 'trigger',
      x: left - card.w / 2,
      y: 0,
      path: '/trigger',
    });
    const below = card.h + list.height;
    this.steps(
      list,
      { x: left, y: card.h },
      { list: STEPS, from: TRIGGER, to: END, kind: 'flow', start: [], key: '', dead: false },
    );
    if (list.flows) {
      this.nodes.push({ ...extra, key: END, kind: 'end', x: left - card.w / 2, y: below, path: STEPS });
    }
    return {
      nodes: this.nodes,
      edges: this.edges,
      joins: this.joins,
      width: left + Math.max(list.right, card.w / 2),
      height: list.flows ? below + card.h : below,
    };
  }

  /** A list from the point where its line begins. */
  private steps(list: ListPart, top: Point, strand: Strand): void {
    let from = strand.from;
    let start = [...strand.start, top];
    let dead = strand.dead;
    for (const [index, item] of list.items.entries()) {
      const path = join(strand.list, index);
      const key = placeByPath(this.document, path)?.key ?? path;
      const at = { x: top.x, y: top.y + item.y };
      this.edge(
        strand,
        index,
        `>${key}`,
        from,
        key,
        [...start, at],
        { x: at.x, y: at.y - this.metrics.gap / 2 },
        dead,
      );
      this.step(item.part, at, key, path);
      dead = strand.dead || !item.part.flows;
      from = key;
      start = [{ x: at.x, y: at.y + item.part.height }];
    }
    if (!list.flows) return;
    const bottom = { x: top.x, y: top.y + list.height };
    const plus = { x: top.x, y: bottom.y - this.metrics.gap / 2 };
    const end = strand.end ? turns(bottom, strand.end) : [bottom];
    this.edge(strand, list.items.length, `<${strand.key}`, from, strand.to, [...start, ...end], plus, dead);
  }

  private edge(
    strand: Strand,
    index: number,
    key: string,
    from: string,
    to: string,
    points: readonly Point[],
    at: Point,
    dead: boolean,
  ): void {
    const edge: LayoutEdge = {
      key,
      kind: index === 0 ? strand.kind : 'flow',
      from,
      to,
      points: straight(points),
      plus: { slot: { list: strand.list, index }, at },
      dead,
    };
    this.edges.push(index === 0 && strand.label ? { ...edge, label: strand.label } : edge);
  }

  private step(part: StepPart, top: Point, key: string, path: string): void {
    const { w, h } = part.card;
    const place = placeByPath(this.document, path);
    const collapsible = waysOf(part.step).length > 0;
    this.nodes.push({
      key,
      kind: 'step',
      x: top.x - w / 2,
      y: top.y,
      w,
      h,
      path,
      depth: place?.depth ?? 0,
      off: place?.off ?? false,
      step: part.step,
      block: kindOf(part.step),
      collapsible,
      collapsed: collapsible && part.ways.length === 0,
      hidden: part.hidden,
    });
    if (part.ways.length > 0) this.ways(part, top, key, path);
  }

  private ways(part: StepPart, top: Point, key: string, path: string): void {
    const meet = { x: top.x, y: top.y + part.joinY };
    const to = `@join:${key}`;
    const bottom = { x: top.x, y: top.y + part.card.h };
    for (const one of part.ways) {
      const start = { x: top.x + one.axis, y: top.y + part.forkY };
      this.steps(one.list, start, this.strand(one, part, { bottom, start, meet, top }, key, path));
    }
    if (part.through) {
      this.edges.push({
        key: `|${key}`,
        kind: 'through',
        from: key,
        to,
        points: [bottom, meet],
        dead: false,
      });
    }
    if (part.loops) {
      const x = top.x - part.left + this.metrics.loop / 2;
      const y = top.y + part.card.h / 2;
      const points = [meet, { x, y: meet.y }, { x, y }, { x: top.x - part.card.w / 2, y }];
      this.edges.push({ key: `@${key}`, kind: 'loop', from: to, to: key, points, dead: false });
    }
    const strands = part.ways.filter((one) => one.list.flows).length + (part.through ? 1 : 0);
    if (part.flows && (strands > 1 || part.loops)) this.joins.push({ key: to, step: key, ...meet });
  }

  private strand(
    one: WayPart,
    part: StepPart,
    points: { readonly bottom: Point; readonly start: Point; readonly meet: Point; readonly top: Point },
    key: string,
    path: string,
  ): Strand {
    const { bottom, start, meet, top } = points;
    const sideY = top.y + part.card.h / 2;
    const lead = one.side
      ? [
          { x: top.x + part.card.w / 2, y: sideY },
          { x: start.x, y: sideY },
        ]
      : [bottom, { x: bottom.x, y: start.y }];
    return {
      list: path + one.way.path,
      from: key,
      to: `@join:${key}`,
      kind: one.side ? 'side' : 'flow',
      start: lead,
      end: meet,
      key: `${key}${one.way.path}`,
      dead: false,
      label: { text: one.way.label, at: { x: start.x, y: start.y + LABEL }, step: key, way: one.way.path },
    };
  }
}

/** How far below the fork a way's label has its middle. */
const LABEL = 18;

/** What a list's lines need to know of what is around it. */
interface Strand {
  readonly list: string;
  readonly from: string;
  readonly to: string;
  readonly kind: LayoutEdge['kind'];
  /** The points before the line turns down into the list. */
  readonly start: readonly Point[];
  /** Where the ways meet. */
  readonly end?: Point;
  readonly key: string;
  readonly dead: boolean;
  readonly label?: NonNullable<LayoutEdge['label']>;
}

/** Down to the height of the meeting point, then across to it. */
function turns(bottom: Point, meet: Point): readonly Point[] {
  return [{ x: bottom.x, y: meet.y }, meet];
}

/** Without points that repeat the one before or lie on the way between their neighbours. */
function straight(points: readonly Point[]): readonly Point[] {
  if (points.length === 2) return points;
  const kept: Point[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    const before = kept.at(-2);
    if (last && last.x === point.x && last.y === point.y) continue;
    if (
      last &&
      before &&
      ((before.x === last.x && last.x === point.x) || (before.y === last.y && last.y === point.y))
    )
      kept.pop();
    kept.push(point);
  }
  return kept;
}
