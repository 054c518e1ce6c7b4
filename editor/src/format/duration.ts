/**
 * The engine's way to write a duration (`1h30m`) and back.
 *
 * Pure; it mirrors `parse_span` and `format_span` of the engine and knows no language.
 */
export const SPAN_UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

export type SpanUnit = (typeof SPAN_UNITS)[number][0];

const SIZE: ReadonlyMap<string, number> = new Map(SPAN_UNITS);
const WHOLE = /^(\d+\s*(ms|[smhdw])\s*)+$/;
const PART = /(\d+)\s*(ms|[smhdw])/g;

/** Milliseconds of `1h 30m`, `90s`, `1w`; `undefined` when the engine would not read it. */
export function parseSpan(text: string): number | undefined {
  const source = text.trim();
  if (!WHOLE.test(source)) return undefined;
  let total = 0;
  const used = new Set<string>();
  for (const [, count, unit] of source.matchAll(PART)) {
    const size = SIZE.get(unit ?? '');
    if (size === undefined || used.has(unit ?? '')) return undefined;
    used.add(unit ?? '');
    total += Number(count) * size;
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

/** `5400000` as `1h30m`, the largest units first. Weeks are written as days, as people say them. */
export function formatSpan(ms: number): string {
  let rest = Math.max(0, Math.trunc(ms));
  let text = '';
  for (const [unit, size] of SPAN_UNITS) {
    if (unit === 'w') continue;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}
