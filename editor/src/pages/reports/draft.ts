/** What a report is asked for, from what is in its form. Pure; the moment is an argument. */
import type { ColdChainAsked } from '@/api/sensor-requests';
import type { ReportSearch } from '@/app/sensor-search';

export interface ReportDraft {
  readonly device: string | undefined;
  readonly metric: string | undefined;
  /** Days of the shop, as `2026-11-21`. */
  readonly from: string;
  readonly to: string;
  readonly side: 'above' | 'below';
  readonly limit: number | undefined;
}

const DAYS = 7;
const DAY_MS = 86_400_000;

/** The wall clock of a zone as if it were UTC. */
function wall(moment: number, zone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    ...(zone !== undefined && { timeZone: zone }),
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(moment);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** When a day of the shop begins. */
export function dayStart(day: string, zone: string | undefined): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight)) return midnight;
  const guess = midnight - (wall(midnight, zone) - midnight);
  // Where the clocks change between the two, the second look is right.
  return guess + midnight - wall(guess, zone);
}

const dayOf = (moment: number, zone: string | undefined) =>
  new Date(wall(moment, zone)).toISOString().slice(0, 10);

export function reportDraft(search: ReportSearch, now: number, zone: string | undefined): ReportDraft {
  return {
    device: search.device,
    metric: search.metric,
    from: dayOf(now - DAYS * DAY_MS, zone),
    to: dayOf(now, zone),
    side: search.below === undefined ? 'above' : 'below',
    limit: search.above ?? search.below,
  };
}

/** `undefined` while something is missing. The last day counts whole. */
export function askedOf(draft: ReportDraft, zone: string | undefined): ColdChainAsked | undefined {
  const { device, metric, side, limit } = draft;
  const [from, last] = [dayStart(draft.from, zone), dayStart(draft.to, zone)];
  const isWhole = device !== undefined && metric !== undefined && limit !== undefined;
  if (!isWhole || Number.isNaN(from) || Number.isNaN(last) || from > last) return undefined;
  const next = new Date(`${draft.to}T00:00:00Z`).getTime() + DAY_MS;
  const to = dayStart(new Date(next).toISOString().slice(0, 10), zone);
  return {
    device,
    metric,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    [side]: limit,
  };
}
