/** How many people went where, as the server counts them. Knows addresses only. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from '@/api/client';

export interface StepNumbers {
  readonly entered: number;
  /** Who waits there at present, whatever the period. */
  readonly waiting: number;
  readonly failed: number;
  readonly ways: Readonly<Record<string, number>>;
}

export interface Numbers {
  readonly runs: Readonly<
    Record<'started' | 'completed' | 'exited' | 'failed' | 'cancelled' | 'converted', number>
  >;
  readonly steps: Readonly<Record<string, StepNumbers>>;
}

/** Addresses whose shapes OpenAPI tells more loosely than we read them. */
type Ask = (
  path: string,
  options: { params: { query: Record<string, string> }; signal: AbortSignal },
) => Promise<{ data?: unknown }>;

const HOUR_MS = 3_600_000;

/** Over the last hours; the end is open, so that what happens now counts. */
export function numbersQuery(workflow: string, hours: number) {
  return queryOptions({
    queryKey: ['numbers', workflow, hours],
    queryFn: async ({ signal }): Promise<Numbers> => {
      const from = new Date(Date.now() - hours * HOUR_MS).toISOString();
      const ask = api.GET as unknown as Ask;
      const answer = ask(`/api/v1/workflows/${workflow}/numbers`, { params: { query: { from } }, signal });
      return (await data(answer)) as Numbers;
    },
  });
}
