/** Events as queries. Knows their addresses and the shape of a route, which OpenAPI leaves open. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from '@/api/client';
import { pages } from '@/api/pages';
import type { EventView } from '@/api/schema.gen';

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

/** What one workflow made of an event. */
export interface Route {
  workflow: string;
  decision: string;
  run?: string;
  reason?: string;
}

export function routesOf(event: EventView): Route[] {
  return event.routes as unknown as Route[];
}

export function decisionOf(route: Route): Decision {
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
