import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Step, waysOf } from './blocks';
import { type Document, placesOf, topSteps } from './document';
import { setNote } from './edit-fields';
import { begin, perform } from './history';
import { layouter } from './layout';
import { flowsOn } from './layout-parts';
import type { Layout, LayoutEdge, LayoutNode, Point } from './layout-types';
import { anyDocument, documentOf, keysOf, longDocument, SAMPLE } from './samples.testing';

const layout = layouter();

/** Whether a line runs through the inside of a card. */
function crosses(edge: LayoutEdge, node: LayoutNode): boolean {
  return edge.points.some((to, at) => {
    const from = edge.points[at - 1];
    if (!from) return false;
    const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
    const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
    return right > node.x && left < node.x + node.w && bottom > node.y && top < node.y + node.h;
  });
}

function overlap(a: LayoutNode, b: LayoutNode): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

function check(picture: Layout): void {
  const { nodes, edges } = picture;
  for (const [at, node] of nodes.entries()) {
    for (const other of nodes.slice(at + 1))
      expect(overlap(node, other), `${node.key} over ${other.key}`).toBe(false);
    for (const edge of edges) expect(crosses(edge, node), `${edge.key} through ${node.key}`).toBe(false);
    expect(node.x).toBeGreaterThanOrEqual(0);
    expect(node.y).toBeGreaterThanOrEqual(0);
    expect(node.x + node.w).toBeLessThanOrEqual(picture.width);
    expect(node.y + node.h).toBeLessThanOrEqual(picture.height);
  }
  for (const edge of edges) {
    for (const [at, to] of edge.points.entries()) {
      const from = edge.points[at - 1];
      if (from) expect(from.x === to.x || from.y === to.y, `${edge.key} is straight`).toBe(true);
      expect(
        to.x >= 0 && to.x <= picture.width && to.y >= 0 && to.y <= picture.height,
        `${edge.key} is inside`,
      ).toBe(true);
    }
    if (edge.plus) expect(onLine(edge, edge.plus.at), `${edge.key} has its + on it`).toBe(true);
    if (edge.label) expect(onLine(edge, edge.label.at), `${edge.key} has its label on it`).toBe(true);
  }
  for (const items of [nodes, edges, picture.joins]) {
    expect(new Set(items.map((item) => item.key)).size).toBe(items.length);
  }
}

function onLine(edge: LayoutEdge, point: Point): boolean {
  return edge.points.some((to, at) => {
    const from = edge.points[at - 1];
    if (!from) return false;
    const between = (a: number, b: number, c: number) => Math.min(a, c) <= b && b <= Math.max(a, c);
    return between(from.x, point.x, to.x) && between(from.y, point.y, to.y);
  });
}

/** Lists from top to bottom, ways from left to right. */
function inOrder(document: Document, picture: Layout): void {
  const byPath = new Map(picture.nodes.map((node) => [node.path, node]));
  const visit = (steps: readonly Step[], list: string): { left: number; right: number } | undefined => {
    let bottom = Number.NEGATIVE_INFINITY;
    let span: { left: number; right: number } | undefined;
    for (const [index, step] of steps.entries()) {
      const path = `${list}/${index}`;
      const node = byPath.get(path);
      if (!node) continue;
      expect(node.y).toBeGreaterThan(bottom);
      bottom = node.y;
      let right = Number.NEGATIVE_INFINITY;
      for (const way of waysOf(step)) {
        const inner = visit(way.steps, path + way.path);
        if (!inner) continue;
        expect(inner.left, `${path}${way.path} is right of the way before it`).toBeGreaterThan(right);
        right = inner.right;
        span = {
          left: Math.min(span?.left ?? inner.left, inner.left),
          right: Math.max(span?.right ?? inner.right, inner.right),
        };
      }
      span = {
        left: Math.min(span?.left ?? node.x, node.x),
        right: Math.max(span?.right ?? node.x, node.x + node.w),
      };
    }
    return span;
  };
  visit(topSteps(document), '/steps');
}

describe('layout', () => {
  it('never overlaps, never runs a line through a card, keeps the order', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const picture = layout(document);
        check(picture);
        inOrder(document, picture);
        expect(
          picture.nodes
            .filter((node) => node.kind === 'step')
            .map((node) => node.key)
            .toSorted(),
        ).toEqual(keysOf(document).toSorted());
      }),
      { numRuns: 150 },
    );
  });

  it('holds with any blocks collapsed, whatever was laid out before', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(fc.nat(30), { maxLength: 4 }), (document, chosen) => {
        const keys = keysOf(document);
        const collapsed = new Set(chosen.flatMap((at) => keys[at] ?? []));
        layout(document);
        const picture = layout(document, collapsed);
        check(picture);
        expect(picture).toEqual(layouter()(document, collapsed));
      }),
      { numRuns: 100 },
    );
  });

  it('has a + for every place a step can be put that a run can reach', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const slots = layout(document).edges.flatMap((edge) =>
          edge.plus ? [`${edge.plus.slot.list}/${edge.plus.slot.index}`] : [],
        );
        const expected: string[] = [];
        const visit = (steps: readonly Step[], list: string): void => {
          for (const [index, step] of steps.entries()) {
            expected.push(`${list}/${index}`);
            for (const way of waysOf(step)) visit(way.steps, `${list}/${index}${way.path}`);
          }
          const last = steps.at(-1);
          if (!last || flowsOn(last)) expected.push(`${list}/${steps.length}`);
        };
        visit(topSteps(document), '/steps');
        expect(slots.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  it('keeps what did not change the same object', () => {
    const before = layout(SAMPLE);
    expect(layout(SAMPLE, undefined, before).nodes).toBe(before.nodes);
    const built = setNote(SAMPLE, 'thanks', 'x');
    const done = built.ok ? perform(begin(SAMPLE), built.value, 0) : undefined;
    const document = done?.ok ? done.value.history.document : SAMPLE;
    const after = layout(document, undefined, before);
    const changed = after.nodes.filter((node, at) => node !== before.nodes[at]).map((node) => node.key);
    expect(changed).toEqual(['known', 'thanks']);
    expect(after.edges).toBe(before.edges);
  });

  it('draws ways, joins, loops and jumps', () => {
    const picture = layout(SAMPLE);
    expect(picture.jumps).toEqual([{ from: 'again', to: 'patience', backward: true }]);
    expect(picture.joins.map((join) => join.step)).toEqual(['test', 'answer']);
    expect(picture.edges.filter((edge) => edge.kind === 'side').map((edge) => edge.label?.text.key)).toEqual([
      'way.fallback',
      'way.timeout_after',
    ]);
    const loop = layout(
      documentOf({ id: 'r', repeat: { limit: 2 }, steps: [{ id: 'w', wait: { for: '1h' } }] }),
    );
    expect(loop.edges.filter((edge) => edge.kind === 'loop')).toHaveLength(1);
    expect(picture.nodes.some((node) => node.kind === 'end')).toBe(false);
    expect(loop.nodes.at(-1)?.kind).toBe('end');
  });
});

it('tells how long 1,000 blocks take', () => {
  const document = longDocument(1000);
  const fresh = layouter();
  const times = [document, document, withOneChange(document)].map((one) => {
    const start = process.cpuUsage();
    fresh(one);
    return (process.cpuUsage(start).user / 1000).toFixed(1);
  });
  expect(layout(document).nodes).toHaveLength(1002);
  process.stdout.write(
    `layout of 1,000 blocks, processor time: ${times[0]} ms, again ${times[1]} ms, after an edit ${times[2]} ms\n`,
  );
});

function withOneChange(document: Document): Document {
  const built = setNote(document, [...placesOf(document).keys()][500] ?? '', 'x');
  const done = built.ok ? perform(begin(document), built.value, 0) : undefined;
  return done?.ok ? done.value.history.document : document;
}
