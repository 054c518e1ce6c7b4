/**
 * A threshold as it is dragged over a chart: its level, its side, what counts as right again, for how long.
 *
 * Pure; knows numbers and the document's words, never a chart or a language.
 */
import type { SensorRule } from '@/api/sensors';
import type { Json, JsonObject } from '@/model';

export type Side = 'above' | 'below';

export interface Threshold {
  readonly side: Side;
  readonly limit: number;
  /** On the good side of the limit, or the limit itself. */
  readonly clear: number;
  /** How long, as the engine writes durations. */
  readonly span: string;
}

const STEPS = [1, 2, 5] as const;
/** How many steps the height of a chart is divided into, at least. */
const STEPS_OF_HEIGHT = 100;

/** A step one can count in: 0.1, 0.2, 0.5, 1, 2, 5 … */
export function stepOf(low: number, high: number): number {
  const wide = Math.max(high - low, 0);
  if (wide === 0) return 0.1;
  const power = 10 ** Math.floor(Math.log10(wide / STEPS_OF_HEIGHT));
  const fitting = [10, ...STEPS.toReversed()].find((step) => wide / (step * power) >= STEPS_OF_HEIGHT);
  return tidy((fitting ?? 1) * power, power);
}

/** The nearest multiple of the step, without the dust of floating point. */
export function rounded(value: number, step: number): number {
  return tidy(Math.round(value / step) * step, step);
}

function tidy(value: number, step: number): number {
  const digits = Math.max(0, Math.min(12, Math.ceil(-Math.log10(step)) + 1));
  return Number(value.toFixed(digits));
}

/** Another level; what counts as right again keeps its distance. */
export function withLimit(threshold: Threshold, limit: number, step: number): Threshold {
  const clear = rounded(limit + (threshold.clear - threshold.limit), step);
  return { ...threshold, limit, clear };
}

/** What counts as right again lies on the good side, or at the limit. */
export function withClear(threshold: Threshold, clear: number): Threshold {
  const { side, limit } = threshold;
  return { ...threshold, clear: side === 'above' ? Math.min(clear, limit) : Math.max(clear, limit) };
}

/** The other side: what counts as right again is mirrored at the limit. */
export function withSide(threshold: Threshold, side: Side, step: number): Threshold {
  if (side === threshold.side) return threshold;
  const clear = rounded(2 * threshold.limit - threshold.clear, step);
  return { ...threshold, side, clear };
}

/** How far above what is usual a threshold is first put, and what counts as right again, as shares of the usual range. */
const FIRST_LIMIT = 0.5;
const FIRST_CLEAR = 0.1;
/** It begins at a round number. */
const ROUND_STEPS = 10;

/** Where a threshold is first put: above what is usual. */
export function firstThreshold(usual: readonly [number, number] | undefined): Threshold {
  const [low, high] = usual ?? [0, 1];
  const step = stepOf(low, high) * ROUND_STEPS;
  const above = (share: number) => rounded(high + (high - low) * share + step / 2, step);
  return { side: 'above', limit: above(FIRST_LIMIT), clear: above(FIRST_CLEAR), span: '10m' };
}

/** The share of values at either end that is not usual. */
const UNUSUAL = 0.05;

/** Between which values most lie; `undefined` when there are none. */
export function usualOf(values: Float64Array): readonly [number, number] | undefined {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const at = (share: number) => known[Math.min(known.length - 1, Math.floor(known.length * share))];
  const [low, high] = [at(UNUSUAL), at(1 - UNUSUAL)];
  return low === undefined || high === undefined ? undefined : [low, high];
}

/** As a rule of one metric. */
export function ruleOf(metric: string, { side, limit, clear, span }: Threshold): SensorRule {
  return {
    metric,
    ...(side === 'above' ? { above: limit } : { below: limit }),
    ...(clear !== limit && { clear }),
    ...(span !== '' && span !== '0s' && { for: span }),
  };
}

/** The threshold of a rule that has one level; `undefined` for any other rule. */
export function thresholdOf(rule: Readonly<Partial<SensorRule>>): Threshold | undefined {
  const side: Side | undefined =
    typeof rule.above === 'number' ? 'above' : typeof rule.below === 'number' ? 'below' : undefined;
  if (side === undefined) return undefined;
  const limit = rule[side] ?? 0;
  return { side, limit, clear: rule.clear ?? limit, span: rule.for ?? '' };
}

/** A workflow that tells of it, as a document to go on with. */
export function workflowOf(name: string, device: string, rule: SensorRule): JsonObject {
  return {
    operandi: 1,
    name,
    trigger: {
      sensor: { ...(rule as unknown as Record<string, Json>), devices: { ids: [device] }, alert: 'warning' },
    },
    steps: [],
  };
}
