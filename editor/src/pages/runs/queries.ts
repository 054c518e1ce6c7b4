/** The list of runs as a query. Knows its address; never how it is shown. */
import { api, data } from '@/api/client';
import { pages } from '@/api/pages';
import type { RunView } from '@/api/schema.gen';
import type { RunsSearch } from '@/app/search';

export const RUNS = ['runs'] as const;

export function runsQuery(filter: RunsSearch) {
  return pages<RunView>([...RUNS, filter], (cursor) =>
    data(api.GET('/api/v1/runs', { params: { query: { ...filter, limit: 50, ...(cursor && { cursor }) } } })),
  );
}
