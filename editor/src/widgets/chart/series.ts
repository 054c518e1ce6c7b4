/**
 * Readings as a line that can be drawn: typed arrays, where it breaks, and no more points than a screen has.
 *
 * Pure; knows moments and values, never a device or a language. What was not observed is `NaN` or a gap, never zero.
 */
import type { Readings, Resolution } from '@/api/sensors';

export interface Series {
  readonly resolution: Resolution;
  /** Moments in milliseconds, growing. */
  readonly at: Float64Array;
  /** The value, or the average of a stretch; `NaN` when there was none. */
  readonly value: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

const BUCKET_MS: Readonly<Record<Resolution, number>> = { raw: 0, '1m': 60_000, '1h': 3_600_000 };
/** A reading may be this many intervals late before the time counts as not observed. */
const LATE_INTERVALS = 3;

const numberOf = (value: number | null | undefined): number => value ?? Number.NaN;

export function seriesOf({ resolution, items }: Readings): Series {
  const count = items.length;
  const [at, value] = [new Float64Array(count), new Float64Array(count)];
  const isRaw = resolution === 'raw';
  const [min, max] = isRaw ? [value, value] : [new Float64Array(count), new Float64Array(count)];
  for (let index = 0; index < count; index += 1) {
    const item = items[index] ?? [];
    at[index] = numberOf(item[0]);
    value[index] = numberOf(isRaw ? item[1] : item[2]);
    if (isRaw) continue;
    min[index] = numberOf(item[1]);
    max[index] = numberOf(item[3]);
  }
  return { resolution, at, value, min, max };
}

/** How far apart two readings may be; endless when only changes are told. */
export function gapLimit(resolution: Resolution, everySeconds: number | null | undefined): number {
  if (everySeconds === null || everySeconds === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(everySeconds * 1000 * LATE_INTERVALS, BUCKET_MS[resolution] * 1.5);
}

/** The first index whose moment is not before `moment`. */
export function firstAt(at: Float64Array, moment: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The stretches between `from` and `to` that nothing was observed in. */
export function gapsOf({ at, value }: Series, from: number, to: number, limit: number): readonly Stretch[] {
  const gaps: Stretch[] = [];
  const note = (begin: number, end: number) => {
    const gap = { from: Math.max(begin, from), to: Math.min(end, to) };
    if (gap.to > gap.from) gaps.push(gap);
  };
  let last: number | undefined;
  const start = Math.max(0, firstAt(at, from) - 1);
  for (let index = start; index < at.length; index += 1) {
    if (Number.isNaN(value[index])) continue;
    const moment = at[index] ?? 0;
    const before = last ?? from;
    if (moment > from && moment - before > limit) note(before, moment);
    last = moment;
    if (moment > to) return gaps;
  }
  if (to - (last ?? from) > limit) note(last ?? from, to);
  return gaps;
}

/** Columns as the drawing wants them: seconds, and `null` where the line breaks. */
export interface Drawn {
  readonly x: number[];
  readonly y: (number | null)[];
  readonly low: (number | null)[];
  readonly high: (number | null)[];
}

/**
 * A few points for each of `columns`: the first, the least, the greatest, the last, and both sides of a gap, so that
 * neither a spike nor a break is lost.
 * One reading to each side of the stretch is kept, so that the line runs to the edges.
 */
export function drawn(series: Series, from: number, to: number, columns: number, limit: number): Drawn {
  const { at, value, min, max } = series;
  const pen = new Pen(limit, series.resolution !== 'raw');
  const start = Math.max(0, firstAt(at, from) - 1);
  const end = Math.min(at.length, firstAt(at, to) + 1);
  if (end - start <= columns * 4) {
    for (let index = start; index < end; index += 1) pen.point(series, index);
    return pen.out;
  }
  const width = (to - from) / columns;
  for (let index = start; index < end; ) {
    const column = Math.floor(((at[index] ?? 0) - from) / width);
    const chosen = new Set([index]);
    let [least, most, last] = [index, index, index];
    let [next, isBroken] = [index, false];
    while (next < end && Math.floor(((at[next] ?? 0) - from) / width) === column) {
      // What is unavailable breaks the line, however short it is.
      if (Number.isNaN(value[next])) chosen.add(next);
      // Of many gaps within one column one is enough, told by its two sides.
      if (!isBroken && next > index && isGap(at, next, limit)) {
        chosen.add(next - 1).add(next);
        isBroken = true;
      }
      if ((min[next] ?? 0) < (min[least] ?? 0) || Number.isNaN(min[least])) least = next;
      if ((max[next] ?? 0) > (max[most] ?? 0) || Number.isNaN(max[most])) most = next;
      last = next;
      next += 1;
    }
    for (const one of [least, most, last]) chosen.add(one);
    const all = [...chosen].sort((one, other) => one - other);
    for (const one of thin(all, value)) pen.point(series, one);
    index = next;
  }
  return pen.out;
}

/** Whether nothing was observed before this reading. */
function isGap(at: Float64Array, index: number, limit: number): boolean {
  return index > 0 && (at[index] ?? 0) - (at[index - 1] ?? 0) > limit;
}

/** Of many readings without a value within one column one is enough. */
function thin(all: readonly number[], value: Float64Array): number[] {
  let broken = false;
  return all.filter((index) => {
    if (!Number.isNaN(value[index])) return true;
    if (broken) return false;
    broken = true;
    return true;
  });
}

class Pen {
  readonly out: { x: number[]; y: (number | null)[]; low: (number | null)[]; high: (number | null)[] } = {
    x: [],
    y: [],
    low: [],
    high: [],
  };
  constructor(
    private readonly limit: number,
    private readonly isBand: boolean,
  ) {}

  point({ at, value, min, max }: Series, index: number): void {
    const moment = at[index] ?? 0;
    const now = value[index] ?? Number.NaN;
    const isFirst = this.out.x.length === 0;
    if (!isFirst && isGap(at, index, this.limit)) this.put(((at[index - 1] ?? 0) + moment) / 2);
    if (Number.isNaN(now)) this.put(moment);
    else this.put(moment, now, this.isBand ? min[index] : undefined, this.isBand ? max[index] : undefined);
  }

  private put(moment: number, value?: number, low?: number, high?: number): void {
    this.out.x.push(moment / 1000);
    this.out.y.push(value ?? null);
    this.out.low.push(low ?? null);
    this.out.high.push(high ?? null);
  }
}

export interface Row {
  readonly from: number;
  readonly to: number;
  readonly min: number | null;
  readonly average: number | null;
  readonly max: number | null;
  readonly count: number;
}

/** The same stretch in a few rows, for a table. */
export function rowsOf(series: Series, from: number, to: number, rows: number): readonly Row[] {
  const { at, value, min, max } = series;
  const width = (to - from) / rows;
  return Array.from({ length: rows }, (_, number) => {
    const [begin, end] = [from + number * width, from + (number + 1) * width];
    let [least, most, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
    for (let index = firstAt(at, begin); index < at.length && (at[index] ?? 0) < end; index += 1) {
      const now = value[index] ?? Number.NaN;
      if (Number.isNaN(now)) continue;
      least = Math.min(least, min[index] ?? now);
      most = Math.max(most, max[index] ?? now);
      sum += now;
      count += 1;
    }
    const empty = count === 0;
    return {
      from: begin,
      to: end,
      min: empty ? null : least,
      average: empty ? null : sum / count,
      max: empty ? null : most,
      count,
    };
  });
}

/** The least and the greatest value that is drawn; `undefined` when nothing is. */
export function boundsOf({ y, low, high }: Drawn): readonly [number, number] | undefined {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < y.length; index += 1) {
    const now = y[index];
    if (now === null || now === undefined) continue;
    least = Math.min(least, low[index] ?? now);
    most = Math.max(most, high[index] ?? now);
  }
  return least > most ? undefined : [least, most];
}
