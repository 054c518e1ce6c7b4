/** What can start a workflow: each event of the catalogue, a schedule, a person. Pure; knows no event by name. */
import type { Catalog, EventSpec, Json } from '@/model';

export interface Trigger {
  /** The event's type, or the way of starting behind a colon. */
  readonly id: string;
  readonly event?: EventSpec;
  /** What the document's `trigger` becomes. */
  readonly value: Json;
}

/** Mornings, every day: a schedule that does no harm until somebody thinks about it. */
const MORNINGS = '0 9 * * *';

export function triggersOf(catalog: Catalog): readonly Trigger[] {
  const events = Object.entries(catalog.events).map(([type, event]) => ({
    id: type,
    event,
    value: { event: type },
  }));
  return [
    ...events,
    { id: ':schedule', value: { schedule: { cron: MORNINGS } } },
    { id: ':sensor', value: { sensor: { metric: '', above: 0, for: '10m', alert: 'warning' } } },
    { id: ':webhook', value: { webhook: '' } },
    { id: ':manual', value: { manual: true } },
  ];
}
