/** What a report is asked for, from what is in its form. Pure; the moment is an argument. */
import type { ColdChainAsked } from '@/api/sensor-requests';
import type { Metric } from '@/api/sensors';
import type { ReportSearch } from '@/app/sensor-search';

export interface ReportDraft {
  readonly device: string | undefined;
  readonly metric: string | undefined;
  /** Days as `2026-11-21`. */
  readonly from: string;
  readonly to: string;
  readonly side: 'above' | 'below';
  readonly limit: number | undefined;
}

const DAYS = 7;
const DAY_MS = 86_400_000;

function day(moment: Date): string {
  const part = (value: number) => String(value).padStart(2, '0');
  return `${moment.getFullYear()}-${part(moment.getMonth() + 1)}-${part(moment.getDate())}`;
}

export function reportDraft(search: ReportSearch, now: Date): ReportDraft {
  return {
    device: search.device,
    metric: search.metric,
    from: day(new Date(now.getTime() - DAYS * DAY_MS)),
    to: day(now),
    side: 'above',
    limit: undefined,
  };
}

/** `undefined` while something is missing. The last day counts whole; the metric's own bound holds where none is written. */
export function askedOf(draft: ReportDraft, metric: Metric | undefined): ColdChainAsked | undefined {
  const { device, side, from, to } = draft;
  const limit = draft.limit ?? (side === 'above' ? metric?.max : metric?.min) ?? undefined;
  const [begin, end] = [new Date(`${from}T00:00:00`), new Date(`${to}T00:00:00`)];
  const isWhole = device !== undefined && draft.metric !== undefined && limit !== undefined;
  if (!isWhole || Number.isNaN(begin.getTime()) || Number.isNaN(end.getTime()) || begin > end)
    return undefined;
  end.setDate(end.getDate() + 1);
  return { device, metric: draft.metric, from: begin.toISOString(), to: end.toISOString(), [side]: limit };
}
