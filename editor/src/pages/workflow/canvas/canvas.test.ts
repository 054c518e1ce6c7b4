// biome-ignore-all lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
import { describe, expect, it } from 'vitest';
import { type Document, layouter } from '@/model';
import { nearest } from './drag';
import { rounded } from './Lines';
import { along, boxes } from './Map';
import { shift } from './view';

const FLOW: Document = {
  operandi: 1,
  name: 'x',
  trigger: { manual: true },
  steps: [
    { id: 'a', wait: { for: '1h' } },
    { id: 'b', if: 'true', then: [{ id: 'c', script: '1' }], else: [] },
  ],
};
const layout = layouter()(FLOW);

function plusOf(list: string, index: number) {
  const plus = layout.edges.find(({ plus }) => plus?.slot.list === list && plus.slot.index === index)?.plus;
  if (!plus) throw new Error(`no plus at ${list} ${index}`);
  return plus.at;
}

describe('dragging', () => {
  it('falls to the nearest plus', () => {
    const { x, y } = plusOf('/steps/1/else', 0);
    expect(nearest(layout, { x: x + 20, y: y - 10 }, FLOW, [])?.plus?.slot).toEqual({
      list: '/steps/1/else',
      index: 0,
    });
    expect(nearest(layout, { x: x + 5000, y }, FLOW, [])).toBeUndefined();
  });

  it('never falls into itself, nor to where it is', () => {
    const inside = nearest(layout, plusOf('/steps/1/then', 0), FLOW, ['b'])?.plus?.slot;
    expect(inside?.list).not.toBe('/steps/1/then');
    for (const index of [0, 1]) {
      const slot = nearest(layout, plusOf('/steps', index), FLOW, ['a'])?.plus?.slot;
      expect(slot).not.toEqual({ list: '/steps', index });
    }
  });
});

describe('lines', () => {
  it('have round corners that fit', () => {
    expect(rounded([])).toBe('');
    const straight = [
      { x: 0, y: 0 },
      { x: 0, y: 50 },
    ];
    expect(rounded(straight)).toBe('M0 0L0 50');
    const turned = [...straight, { x: 10, y: 50 }];
    // No corner is rounder than half of its shorter side.
    expect(rounded(turned)).toBe('M0 0L0 45Q0 50 5 50L10 50');
  });
});

describe('the map', () => {
  it('draws every card', () => {
    expect(boxes(layout.nodes).match(/M/g)).toHaveLength(layout.nodes.length);
  });

  it('stays in the middle while all of it fits, and goes along when it does not', () => {
    expect(along(0, 10, 48)).toBe(60);
    expect(along(0, 100, 1000)).toBe(10);
    expect(along(900, 100, 1000)).toBeLessThan(-800);
  });
});

describe('bringing into sight', () => {
  it('moves no further than needed', () => {
    expect(shift(300, 100, 1000)).toBe(0);
    expect(shift(-50, 100, 1000)).toBe(190);
    expect(shift(950, 100, 1000)).toBe(-190);
    // Where there is little room, the middle will do.
    expect(shift(0, 200, 300)).toBe(50);
  });
});
