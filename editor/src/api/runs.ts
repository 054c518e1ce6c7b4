/** One run as queries and requests. Knows their addresses; never how it is shown. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from './client';
import type { RunView, Steps } from './schema.gen';

export function runQuery(id: string) {
  return queryOptions({
    queryKey: ['run', id],
    queryFn: ({ signal }): Promise<RunView> =>
      data(api.GET('/api/v1/runs/{run_id}', { params: { path: { run_id: id } }, signal })),
  });
}

export function stepsQuery(id: string) {
  return queryOptions({
    queryKey: ['run', id, 'steps'],
    queryFn: ({ signal }): Promise<Steps> =>
      data(api.GET('/api/v1/runs/{run_id}/steps', { params: { path: { run_id: id } }, signal })),
  });
}

const at = (id: string) => ({ path: { run_id: id } });

export async function cancelRun(id: string, reason: string): Promise<void> {
  await api.POST('/api/v1/runs/{run_id}/cancel', {
    params: at(id),
    body: { reason: reason === '' ? null : reason },
  });
}

export async function retryRun(id: string): Promise<void> {
  await api.POST('/api/v1/runs/{run_id}/retry', { params: at(id) });
}

export async function resolveRun(id: string, step: string, happened: boolean): Promise<void> {
  await api.POST('/api/v1/runs/{run_id}/resolve', { params: at(id), body: { step, happened } });
}

export async function answerRun(id: string, step: string, answer: string): Promise<void> {
  await api.POST('/api/v1/runs/{run_id}/answer', { params: at(id), body: { step, answer } });
}
