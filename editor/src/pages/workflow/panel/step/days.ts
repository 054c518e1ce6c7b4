/** Days of the week as windows write them: `mon-fri`, `sat`. Pure; knows no language. */
import type { Json } from '@/model';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

const isDay = (text: string): text is Day => (DAYS as readonly string[]).includes(text);

/** The days that are meant; none written means every day. `undefined` when it cannot be told. */
export function readDays(written: Json | undefined): ReadonlySet<Day> | undefined {
  if (written === undefined || (Array.isArray(written) && written.length === 0)) return new Set(DAYS);
  if (!Array.isArray(written)) return undefined;
  const found = new Set<Day>();
  for (const part of written) {
    if (typeof part !== 'string') return undefined;
    const [from = '', to = from] = part.trim().toLowerCase().split('-');
    if (!isDay(from) || !isDay(to)) return undefined;
    for (let at = DAYS.indexOf(from); ; at = (at + 1) % DAYS.length) {
      const day = DAYS[at];
      if (day !== undefined) found.add(day);
      if (day === to) break;
    }
  }
  return found;
}

/** The shortest way to write them: days in a row as a range; `undefined` for every day. */
export function writeDays(days: ReadonlySet<Day>): readonly string[] | undefined {
  if (days.size === DAYS.length || days.size === 0) return undefined;
  const parts: string[] = [];
  for (let at = 0; at < DAYS.length; at += 1) {
    const first = DAYS[at];
    if (first === undefined || !days.has(first)) continue;
    let last = first;
    while (days.has(DAYS[at + 1] as Day)) {
      at += 1;
      last = DAYS[at] ?? last;
    }
    parts.push(first === last ? first : `${first}-${last}`);
  }
  return parts;
}
