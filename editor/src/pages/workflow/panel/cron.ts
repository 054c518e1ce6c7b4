/**
 * A cron line as the part of a sentence people choose it by: every day, some weekdays, a day of the month, every so
 * many minutes or hours. What is more than that has no shape here and is edited as it is written.
 *
 * Pure; knows no language and no clock.
 */
export type CronShape =
  | { readonly kind: 'minutes'; readonly every: number }
  | { readonly kind: 'hours'; readonly every: number; readonly minute: number }
  | { readonly kind: 'days'; readonly times: string }
  | { readonly kind: 'weekdays'; readonly times: string; readonly days: readonly number[] }
  | { readonly kind: 'monthly'; readonly times: string; readonly day: number };

const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** `undefined` when it is more than one of these shapes. */
export function readCron(line: string): CronShape | undefined {
  const fields = line.trim().toLowerCase().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  if (fields.length !== 5 || month !== '*') return undefined;
  const every = /^\*\/(\d+)$/;
  const plain = /^\d+$/;
  const isDaily = day === '*' && weekday === '*';
  if (isDaily && hour === '*') {
    if (minute === '*') return { kind: 'minutes', every: 1 };
    const step = every.exec(minute)?.[1];
    if (step !== undefined) return { kind: 'minutes', every: Number(step) };
    if (plain.test(minute)) return { kind: 'hours', every: 1, minute: Number(minute) };
  }
  if (!plain.test(minute)) return undefined;
  const hours = every.exec(hour)?.[1];
  if (isDaily && hours !== undefined) return { kind: 'hours', every: Number(hours), minute: Number(minute) };
  if (!plain.test(hour) || Number(hour) > 23 || Number(minute) > 59) return undefined;
  const times = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (isDaily) return { kind: 'days', times };
  if (day === '*') {
    const days = readWeekdays(weekday);
    return days && { kind: 'weekdays', times, days };
  }
  if (weekday === '*' && plain.test(day)) return { kind: 'monthly', times, day: Number(day) };
  return undefined;
}

/** Sunday is 0. */
function readWeekdays(text: string): readonly number[] | undefined {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [from = '', to = from] = part.split('-');
    const [first, last] = [weekdayOf(from), weekdayOf(to)];
    if (first === undefined || last === undefined) return undefined;
    for (let at = first; ; at = (at + 1) % 7) {
      days.add(at);
      if (at === last % 7) break;
    }
  }
  return [...days].toSorted((a, b) => a - b);
}

function weekdayOf(text: string): number | undefined {
  const named = NAMES.indexOf(text);
  if (named >= 0) return named;
  return /^[0-7]$/.test(text) ? Number(text) % 7 : undefined;
}

export function writeCron(shape: CronShape): string {
  if (shape.kind === 'minutes') return shape.every === 1 ? '* * * * *' : `*/${shape.every} * * * *`;
  if (shape.kind === 'hours') return `${shape.minute} ${shape.every === 1 ? '*' : `*/${shape.every}`} * * *`;
  const [hour = '9', minute = '0'] = shape.times.split(':').map((part) => String(Number(part)));
  switch (shape.kind) {
    case 'days':
      return `${minute} ${hour} * * *`;
    case 'weekdays':
      return `${minute} ${hour} * * ${writeWeekdays(shape.days)}`;
    case 'monthly':
      return `${minute} ${hour} ${shape.day} * *`;
  }
}

function writeWeekdays(days: readonly number[]): string {
  if (days.length === 5 && [1, 2, 3, 4, 5].every((day) => days.includes(day))) return 'mon-fri';
  return days.map((day) => NAMES[day]).join(',');
}
