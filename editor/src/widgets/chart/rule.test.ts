/** Holds the arithmetic of a threshold that is dragged. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstThreshold,
  rounded,
  ruleOf,
  stepOf,
  type Threshold,
  thresholdOf,
  usualOf,
  withClear,
  withLimit,
  withSide,
  workflowOf,
} from './rule';

const HOT: Threshold = { side: 'above', limit: 8, clear: 6, span: '10m' };

describe('a threshold', () => {
  it('moves in steps one can count in', () => {
    expect([stepOf(0, 12), stepOf(-20, 60), stepOf(3, 3), stepOf(0, 1000), stepOf(0, 0.5)]).toEqual([
      0.1, 0.5, 0.1, 10, 0.005,
    ]);
    expect(rounded(0.30000000000000004, 0.1)).toBe(0.3);
    expect(rounded(7.777, 0.5)).toBe(8);
  });

  it('keeps what counts as right again at its distance and on its side', () => {
    expect(withLimit(HOT, 9.3, 0.1)).toEqual({ ...HOT, limit: 9.3, clear: 7.3 });
    expect(withClear(HOT, 11)).toEqual({ ...HOT, clear: 8 });
    expect(withSide(HOT, 'below', 0.1)).toEqual({ ...HOT, side: 'below', clear: 10 });
    expect(withClear(withSide(HOT, 'below', 0.1), 3).clear).toBe(8);
    fc.assert(
      fc.property(
        fc.integer({ min: -400, max: 400 }),
        fc.integer({ min: -400, max: 400 }),
        (limit, clear) => {
          const next = withClear(withLimit(HOT, limit / 10, 0.1), clear / 10);
          expect(next.clear).toBeLessThanOrEqual(next.limit);
        },
      ),
    );
  });

  it('begins just above what is usual', () => {
    const values = Float64Array.from({ length: 100 }, (_, index) => (index === 50 ? 90 : index / 10));
    expect(usualOf(values)).toEqual([0.5, 9.6]);
    expect(usualOf(new Float64Array([Number.NaN]))).toBeUndefined();
    expect(firstThreshold([0, 10])).toEqual({ side: 'above', limit: 16, clear: 12, span: '10m' });
    expect(firstThreshold(undefined).limit).toBeGreaterThan(1);
  });

  it('becomes a rule and comes back', () => {
    expect(ruleOf('t', HOT)).toEqual({ metric: 't', above: 8, clear: 6, for: '10m' });
    expect(ruleOf('t', { side: 'below', limit: 2, clear: 2, span: '' })).toEqual({ metric: 't', below: 2 });
    expect(thresholdOf(ruleOf('t', HOT))).toEqual(HOT);
    expect(thresholdOf({ metric: 't' })).toBeUndefined();
  });

  it('becomes a workflow for that device', () => {
    expect(workflowOf('Heladera', 'd-1', ruleOf('t', HOT))).toEqual({
      operandi: 1,
      name: 'Heladera',
      trigger: {
        sensor: { metric: 't', above: 8, clear: 6, for: '10m', devices: { ids: ['d-1'] }, alert: 'warning' },
      },
      steps: [],
    });
  });
});
