/** Events as queries. Knows their addresses. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from '@/api/client';
import { pages } from '@/api/pages';
import type { EventRoute, EventView } from '@/api/schema.gen';

export const DECISIONS = [
  'started',
  'queued',
  'active_already',
  'condition_false',
  'condition_failed',
  'disabled',
  'broken',
  'exited',
  'woke',
  'goal',
] as const;
export type Decision = (typeof DECISIONS)[number];

export function decisionOf(route: EventRoute): Decision {
  return DECISIONS.find((known) => known === route.decision) ?? 'broken';
}

export function eventsQuery(filter: { type?: string }) {
  return pages<EventView>(['events', filter], (cursor) =>
    data(
      api.GET('/api/v1/events', { params: { query: { ...filter, limit: 50, ...(cursor && { cursor }) } } }),
    ),
  );
}

export function eventQuery(id: string) {
  return queryOptions({
    queryKey: ['event', id],
    queryFn: ({ signal }): Promise<EventView> =>
      data(api.GET('/api/v1/events/{event_id}', { params: { path: { event_id: id } }, signal })),
  });
}
