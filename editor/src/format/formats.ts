/**
 * Dates, durations and numbers as people of a region write them.
 *
 * Pure but for the clock behind `ago`, which is an argument; knows no text of ours.
 */
export interface Formats {
  /** `21 nov 2026, 15:04` */
  moment(iso: string): string;
  /** `15:04:05` */
  time(iso: string): string;
  /** `21 nov 2026` */
  day(iso: string): string;
  /** `hace 5 minutos`, `dentro de 2 días` */
  ago(iso: string, now: number): string;
  /** `1 h 30 min` */
  span(ms: number): string;
  number(value: number): string;
}

const UNITS: ReadonlyArray<[unit: 'day' | 'hour' | 'minute' | 'second', ms: number]> = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];
const MONTH_MS = 30 * 86_400_000;

export function formats(locale: string, zone: string | undefined): Formats {
  const at = zone === undefined ? {} : { timeZone: zone };
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...at });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', ...at });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', ...at });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const number = new Intl.NumberFormat(locale);

  return {
    moment: (iso) => moment.format(new Date(iso)),
    time: (iso) => time.format(new Date(iso)),
    // A day without an hour is a day everywhere, so the zone must not move it.
    day: (iso) =>
      iso.length === 10
        ? new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(iso))
        : day.format(new Date(iso)),
    ago: (iso, now) => {
      const distance = new Date(iso).getTime() - now;
      if (Math.abs(distance) >= MONTH_MS) return day.format(new Date(iso));
      const [unit, ms] = UNITS.find(([, size]) => Math.abs(distance) >= size) ?? ['second', 1000];
      return relative.format(Math.round(distance / ms), unit);
    },
    span: (ms) => spanText(locale, ms),
    number: (value) => number.format(value),
  };
}

/** The two largest units; milliseconds below a second. */
function spanText(locale: string, ms: number): string {
  const unitText = (value: number, unit: string) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit,
      // What some languages call a day in short, nobody reads.
      unitDisplay: unit === 'day' ? 'long' : 'short',
      maximumFractionDigits: 1,
    }).format(value);
  if (ms < 1000) return unitText(Math.max(0, Math.round(ms)), 'millisecond');
  if (ms < 10_000) return unitText(ms / 1000, 'second');
  const parts: string[] = [];
  let rest = Math.round(ms / 1000) * 1000;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(unitText(count, unit));
    rest -= count * size;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}
