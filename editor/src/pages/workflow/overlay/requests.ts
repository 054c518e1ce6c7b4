/** How many people went where, as the server counts them. Knows an address only. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from '@/api/client';
import type { NumbersView } from '@/api/schema.gen';

const HOUR_MS = 3_600_000;

/** Over the last hours; the end is open, so that what happens now counts. */
export function numbersQuery(workflow: string, hours: number) {
  return queryOptions({
    queryKey: ['numbers', workflow, hours],
    queryFn: ({ signal }): Promise<NumbersView> => {
      const from = new Date(Date.now() - hours * HOUR_MS).toISOString();
      const params = { path: { workflow_id: workflow }, query: { from } };
      return data(api.GET('/api/v1/workflows/{workflow_id}/numbers', { params, signal }));
    },
  });
}
