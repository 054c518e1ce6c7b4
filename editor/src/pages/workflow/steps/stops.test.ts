// biome-ignore-all lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Document, END, STEPS, TRIGGER } from '@/model';
import { anyDocument } from '@/model/samples.testing';
import { neighbourSlot, targetsFor } from './places';
import { emptyStop, exists, slotOf, standable, stopAfter, unfoldedFor } from './stops';

const NOTHING: ReadonlySet<string> = new Set();

const FLOW: Document = {
  operandi: 1,
  name: 'x',
  trigger: { manual: true },
  steps: [
    { id: 'a', wait: { for: '1h' } },
    { id: 'b', if: 'true', then: [{ id: 'c', script: '1' }], else: [] },
    {
      id: 'd',
      action: 'x.send',
      with: {},
      fallback: [{ id: 'e', stop: 'no' }],
    },
  ],
};

function walk(from: string, ...keys: string[]): string | undefined {
  return keys.reduce<string | undefined>(
    (at, key) => (at === undefined ? undefined : stopAfter(FLOW, at, key, NOTHING)),
    from,
  );
}

describe('the arrows on the canvas', () => {
  it('go down the flow, into ways and out of them', () => {
    expect(walk(TRIGGER, 'ArrowDown')).toBe('a');
    expect(walk('b', 'ArrowDown')).toBe('c');
    expect(walk('c', 'ArrowDown')).toBe('d');
    expect(walk('d', 'ArrowDown')).toBe(END);
    expect(walk(END, 'ArrowUp')).toBe('d');
    expect(walk('c', 'ArrowUp')).toBe('b');
  });

  it('go from way to way, also to empty ones and to those at the side', () => {
    expect(walk('c', 'ArrowRight')).toBe(emptyStop('/steps/1/else'));
    expect(walk(emptyStop('/steps/1/else'), 'ArrowLeft')).toBe('c');
    expect(walk('d', 'ArrowRight')).toBe('e');
    expect(walk('e', 'ArrowLeft')).toBe('d');
  });

  it('pass over what is collapsed', () => {
    expect(stopAfter(FLOW, 'b', 'ArrowDown', new Set(['b']))).toBe('d');
  });

  it('reach the end from any place of any flow', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        let at: string | undefined = TRIGGER;
        for (let left = 3000; at !== undefined && at !== END && left > 0; left -= 1)
          at = stopAfter(document, at, 'ArrowDown', NOTHING);
        expect(at).toBe(END);
      }),
      { numRuns: 60 },
    );
  });
});

describe('stops', () => {
  it('know their slot', () => {
    expect(slotOf(FLOW, 'a')).toEqual({ list: STEPS, index: 1 });
    expect(slotOf(FLOW, TRIGGER)).toEqual({ list: STEPS, index: 0 });
    expect(slotOf(FLOW, emptyStop('/steps/1/else'))).toEqual({ list: '/steps/1/else', index: 0 });
    expect(slotOf(FLOW, END)).toEqual({ list: STEPS, index: 3 });
  });

  it('that are gone give way to what was around', () => {
    expect(standable(FLOW, 'gone')).toBe(TRIGGER);
    expect(standable(FLOW, emptyStop('/steps/1/then'))).toBe('c');
    expect(standable(FLOW, 'a')).toBe('a');
    expect(exists(FLOW, emptyStop('/steps/1/then'))).toBe(true);
    expect(exists(FLOW, emptyStop('/steps/9/then'))).toBe(false);
    expect(exists(FLOW, 'gone')).toBe(false);
  });

  it('are unfolded with everything around them', () => {
    const collapsed = new Set(['b', 'd', 'b/then']);
    expect([...unfoldedFor(FLOW, 'c', collapsed)]).toEqual(['d']);
    expect(unfoldedFor(FLOW, 'a', collapsed)).toBe(collapsed);
  });
});

describe('moving by one place', () => {
  it('goes past neighbours, into blocks and out of them', () => {
    expect(neighbourSlot(FLOW, ['a'], 1)).toEqual({ list: '/steps/1/then', index: 0 });
    expect(neighbourSlot(FLOW, ['c'], -1)).toEqual({ list: STEPS, index: 1 });
    expect(neighbourSlot(FLOW, ['c'], 1)).toEqual({ list: '/steps/1/else', index: 0 });
    expect(neighbourSlot(FLOW, ['d'], -1)).toEqual({ list: '/steps/1/else', index: 0 });
    expect(neighbourSlot(FLOW, ['a'], -1)).toBeUndefined();
  });

  it('names every list but those inside what is moved', () => {
    const lists = targetsFor(FLOW, ['b']).map(({ slot }) => slot.list);
    expect(lists).toContain(STEPS);
    expect(lists).toContain('/steps/2/fallback');
    expect(lists).not.toContain('/steps/1/then');
  });
});
