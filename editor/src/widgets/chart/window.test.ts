/** Holds how a chart is zoomed and moved. */
import { describe, expect, it } from 'vitest';
import { around, asked, held, lastHours, moved, zoomed } from './window';

const HOUR = 3_600_000;
const NOW = 1000 * HOUR;

describe('the window of a chart', () => {
  it('never shows the future, and keeps its length when it is pushed there', () => {
    const day = lastHours(24, NOW);
    expect(moved(day, 0.5, NOW)).toEqual(day);
    expect(moved(day, -0.5, NOW)).toEqual({ from: NOW - 36 * HOUR, to: NOW - 12 * HOUR });
    expect(zoomed(day, 2, NOW)).toEqual({ from: NOW - 48 * HOUR, to: NOW });
  });

  it('shows what there is of a series that began lately', () => {
    const day = lastHours(24, NOW);
    expect(lastHours(24, NOW, NOW - 13 * HOUR)).toEqual(day);
    expect(lastHours(24, NOW, NOW - 10 * HOUR)).toEqual({ from: NOW - 10.5 * HOUR, to: NOW });
    expect(lastHours(24, NOW, NOW - 1000)).toEqual({ from: NOW - 5 * 60_000, to: NOW });
  });

  it('shows a stretch that is over with what was beside it', () => {
    const then = NOW - 24 * HOUR;
    expect(around({ from: then, to: then + HOUR }, NOW)).toEqual({ from: then - HOUR, to: then + 2 * HOUR });
    expect(around({ from: then, to: then + 1000 }, NOW)).toEqual({
      from: then - 5 * 60_000,
      to: then + 1000 + 5 * 60_000,
    });
    const just = around({ from: NOW - HOUR, to: NOW }, NOW);
    expect(just).toEqual({ from: NOW - 3 * HOUR, to: NOW });
  });

  it('comes closer around a point, but not to nothing', () => {
    const day = lastHours(24, NOW);
    expect(zoomed(day, 0.5, NOW, 0)).toEqual({ from: day.from, to: day.from + 12 * HOUR });
    expect(zoomed(day, 0, NOW, 1).to).toBe(NOW);
    expect(zoomed(day, 0, NOW, 1).to - zoomed(day, 0, NOW, 1).from).toBe(5 * 60_000);
    expect(held({ from: 0, to: 10_000 * 24 * HOUR }, NOW).to).toBe(NOW);
  });

  it('asks for what covers it, and for the same after a small move', () => {
    const day = lastHours(24, NOW);
    const stretch = asked(day);
    expect(stretch.from).toBeLessThan(day.from);
    expect(stretch.to).toBeGreaterThanOrEqual(day.to);
    const grid = asked({ from: 1, to: 8 * HOUR });
    expect(asked({ from: 1000, to: 8 * HOUR + 999 - 1000 + 2 })).toEqual(grid);
  });
});
