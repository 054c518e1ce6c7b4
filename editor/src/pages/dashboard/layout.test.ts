/** Holds the arrangement of the dashboard: nothing lies upon anything, nothing floats, everything can be undone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DashboardWidget } from '@/api/sensors';
import { type Change, COLUMNS, change, type Layout, overlap, packed, step } from './layout';

const at = (id: string, x: number, y: number, w = 4, h = 2): DashboardWidget => ({
  id,
  kind: 'last',
  x,
  y,
  w,
  h,
});
const LAYOUT: Layout = [at('a', 0, 0), at('b', 4, 0), at('c', 0, 2, 8, 3)];

const spots = (layout: Layout | undefined) =>
  Object.fromEntries((layout ?? []).map(({ id, x, y, w, h }) => [id, [x, y, w, h]]));

const someChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    do: fc.constant('place' as const),
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    x: fc.integer({ min: -3, max: 14 }),
    y: fc.integer({ min: -2, max: 9 }),
  }),
  fc.record({
    do: fc.constant('size' as const),
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    w: fc.integer({ min: -1, max: 20 }),
    h: fc.integer({ min: 0, max: 12 }),
  }),
  fc.record({ do: fc.constant('remove' as const), id: fc.constantFrom('a', 'b', 'c', 'd') }),
  fc.constantFrom('d', 'e', 'f').map((id) => ({ do: 'add' as const, widget: at(id, 0, 0, 6, 2) })),
);

describe('the dashboard', () => {
  it('stays in order whatever is done to it, and every change can be undone', () => {
    fc.assert(
      fc.property(fc.array(someChange, { maxLength: 12 }), (changes) => {
        let layout = LAYOUT;
        for (const one of changes) {
          const done = change(layout, one);
          if (done === undefined) continue;
          expect(change(done.layout, done.inverse)?.layout).toEqual(layout);
          layout = done.layout;
          for (const [index, widget] of layout.entries()) {
            expect(widget.x >= 0 && widget.x + widget.w <= COLUMNS && widget.y >= 0).toBe(true);
            expect(layout.slice(index + 1).filter((other) => overlap(widget, other))).toEqual([]);
          }
          expect(packed(layout)).toEqual(layout);
        }
      }),
    );
  });

  it('makes room for what is moved onto others', () => {
    const done = change(LAYOUT, { do: 'place', id: 'c', x: 0, y: 0 });
    expect(spots(done?.layout)).toEqual({ c: [0, 0, 8, 3], a: [0, 3, 4, 2], b: [4, 3, 4, 2] });
  });

  it('puts what is added where there is room', () => {
    const done = change(LAYOUT, { do: 'add', widget: at('d', 0, 0, 4, 2) });
    expect(spots(done?.layout).d).toEqual([8, 0, 4, 2]);
    expect(change(LAYOUT, { do: 'add', widget: at('a', 0, 0) })).toBeUndefined();
  });

  it('is arranged by keyboard', () => {
    const go = (layout: Layout, id: string, direction: 'left' | 'right' | 'up' | 'down') => {
      const one = step(layout, id, direction);
      return one && spots(change(layout, one)?.layout);
    };
    expect(go(LAYOUT, 'a', 'left')).toBeUndefined();
    expect(go(LAYOUT, 'b', 'right')).toMatchObject({ b: [5, 0, 4, 2] });
    expect(go(LAYOUT, 'c', 'up')).toMatchObject({ c: [0, 0, 8, 3], a: [0, 3, 4, 2] });
    expect(go(LAYOUT, 'a', 'down')).toMatchObject({ c: [0, 0, 8, 3], a: [0, 3, 4, 2] });
    expect(go(LAYOUT, 'c', 'down')).toBeUndefined();
  });

  it('says when nothing changes', () => {
    expect(change(LAYOUT, { do: 'place', id: 'a', x: 0, y: 0 })).toBeUndefined();
    expect(change(LAYOUT, { do: 'remove', id: 'nobody' })).toBeUndefined();
    expect(change(LAYOUT, { do: 'edit', id: 'a', about: { title: 'T' } })?.layout[0]?.title).toBe('T');
  });
});
