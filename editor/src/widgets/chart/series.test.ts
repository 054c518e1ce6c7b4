/** Holds what is drawn of readings: no spike lost, no gap closed, no point too many. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf, drawn, gapLimit, gapsOf, rowsOf, seriesOf } from './series';

const MINUTE = 60_000;
const raw = (items: (number | null)[][]) => seriesOf({ metric: 't', resolution: 'raw', items });
const every = (count: number, value: (index: number) => number | null) =>
  raw(Array.from({ length: count }, (_, index) => [index * MINUTE, value(index)]));

describe('readings as a line', () => {
  it('keeps the greatest and the least of a hundred thousand, in few points', () => {
    const series = every(100_000, (index) => (index === 55_555 ? 99 : index === 70_001 ? -40 : 4));
    const line = drawn(series, 0, 100_000 * MINUTE, 800, Number.POSITIVE_INFINITY);
    expect(line.x.length).toBeLessThanOrEqual(800 * 6);
    expect(boundsOf(line)).toEqual([-40, 99]);
  });

  it('breaks a line of few points only where the readings break', () => {
    const limit = gapLimit('raw', 60);
    const whole = every(20_000, (index) => Math.sin(index / 7));
    expect(drawn(whole, 0, 20_000 * MINUTE, 100, limit).y).not.toContain(null);
    const torn = raw(
      Array.from({ length: 20_000 }, (_, index) => [(index + (index < 9050 ? 0 : 30)) * MINUTE, 1]),
    );
    const line = drawn(torn, 0, 20_030 * MINUTE, 100, limit);
    expect(line.y.filter((value) => value === null)).toHaveLength(1);
    expect(line.x[line.y.indexOf(null)]).toBe(9064.5 * 60);
  });

  it('never draws in disorder, nor anything that was not read', () => {
    const reading = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -50, max: 50 }) }, fc.constant(null));
    fc.assert(
      fc.property(
        fc.array(reading, { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 40 }),
        (values, columns) => {
          const line = drawn(
            every(values.length, (index) => values[index] ?? null),
            0,
            values.length * MINUTE,
            columns,
            2 * MINUTE,
          );
          const ordered = line.x.every((x, index) => index === 0 || x >= (line.x[index - 1] ?? 0));
          const known = new Set(values);
          const seen = values.filter((value) => value !== null);
          const bounds = seen.length === 0 ? undefined : [Math.min(...seen), Math.max(...seen)];
          expect(ordered).toBe(true);
          expect(line.y.every((value) => known.has(value) || value === null)).toBe(true);
          expect(boundsOf(line)).toEqual(bounds);
        },
      ),
    );
  });

  it('breaks where a value is unavailable and where readings are missing', () => {
    const line = drawn(
      raw([
        [0, 1],
        [MINUTE, null],
        [2 * MINUTE, 2],
        [20 * MINUTE, 3],
      ]),
      0,
      20 * MINUTE,
      100,
      3 * MINUTE,
    );
    expect(line.y).toEqual([1, null, 2, null, 3]);
    expect(line.x).toEqual([0, 60, 120, 660, 1200]);
  });

  it('breaks also within one column', () => {
    const series = every(4000, (index) => (index > 2000 && index < 2005 ? null : 1));
    expect(drawn(series, 0, 4000 * MINUTE, 10, Number.POSITIVE_INFINITY).y).toContain(null);
  });

  it('tells the stretches that nobody observed, also before the first and after the last', () => {
    const series = raw([
      [10 * MINUTE, 1],
      [11 * MINUTE, 1],
      [20 * MINUTE, null],
      [30 * MINUTE, 1],
    ]);
    const limit = gapLimit('raw', 60);
    expect(limit).toBe(3 * MINUTE);
    expect(gapsOf(series, 0, 40 * MINUTE, limit)).toEqual([
      { from: 0, to: 10 * MINUTE },
      { from: 11 * MINUTE, to: 30 * MINUTE },
      { from: 30 * MINUTE, to: 40 * MINUTE },
    ]);
    expect(gapsOf(series, 0, 40 * MINUTE, gapLimit('raw', null))).toEqual([]);
    expect(gapsOf(raw([]), 0, 5 * MINUTE, limit)).toEqual([{ from: 0, to: 5 * MINUTE }]);
  });

  it('draws the band of what is rolled up', () => {
    const series = seriesOf({
      metric: 't',
      resolution: '1h',
      items: [
        [0, 1, 2, 5, 60],
        [3_600_000, 0, 3, 4, 60],
      ],
    });
    const line = drawn(series, 0, 7_200_000, 100, gapLimit('1h', 60));
    expect([line.y, line.low, line.high]).toEqual([
      [2, 3],
      [1, 0],
      [5, 4],
    ]);
    expect(boundsOf(line)).toEqual([0, 5]);
  });

  it('tells the same in rows', () => {
    const rows = rowsOf(
      raw([
        [0, 1],
        [MINUTE, 3],
        [5 * MINUTE, null],
      ]),
      0,
      6 * MINUTE,
      2,
    );
    expect(rows.map(({ min, average, max, count }) => [min, average, max, count])).toEqual([
      [1, 2, 3, 2],
      [null, null, null, 0],
    ]);
  });
});
