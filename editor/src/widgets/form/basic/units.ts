/** The units a duration is chosen in. Pure; knows no language. */
import { SPAN_UNITS } from '@/format/duration';

export const UNITS = ['s', 'm', 'h', 'd'] as const;
export type Unit = (typeof UNITS)[number];
const SIZE = new Map<string, number>(SPAN_UNITS);

export function sizeOf(unit: Unit): number {
  return SIZE.get(unit) ?? 1;
}

/** The largest unit that tells a duration in one whole number. */
export function unitOf(ms: number): Unit | undefined {
  return UNITS.toReversed().find((unit) => ms % sizeOf(unit) === 0);
}
