/** What is live and who waits where, publishing and undoing it. Knows addresses and shapes only. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from '@/api/client';
import { getWorkflow } from '@/api/workflows';
import { type Document, isObject, readText } from '@/model';
import type { Problem } from '../session/parts';
import { post } from '../session/transport';

export interface WaitingAt {
  readonly version: number;
  readonly step: string;
  readonly runs: number;
}

export interface Publication {
  readonly live: { readonly version: number; readonly published_at: string } | null;
  readonly waiting: readonly WaitingAt[];
  /** Until when the last publishing can be undone. */
  readonly undo_until: string | null;
  readonly problems: readonly Problem[];
}

export type Choice = 'finish' | 'move' | 'exit';

export interface Chosen extends Pick<WaitingAt, 'version' | 'step'> {
  readonly choice: Choice;
  readonly to?: string;
}

export interface Published {
  readonly version: number;
  readonly moved?: number;
  readonly exited?: number;
}

type Ask = (path: string, options: { signal: AbortSignal }) => Promise<{ data?: unknown }>;

export function publicationQuery(workflow: string) {
  return queryOptions({
    queryKey: ['publication', workflow],
    queryFn: async ({ signal }): Promise<Publication> => {
      const answer = (api.GET as unknown as Ask)(`/api/v1/workflows/${workflow}/publication`, { signal });
      return (await data(answer)) as Publication;
    },
    staleTime: 0,
  });
}

/** What was answered to the questions of installation. */
export function answersQuery(workflow: string) {
  return queryOptions({
    queryKey: ['answers', workflow],
    queryFn: async () => (await getWorkflow(workflow)).inputs,
  });
}

/** The document of a version; a version never changes. */
export function versionQuery(workflow: string, version: number | undefined) {
  return queryOptions({
    queryKey: ['version', workflow, version],
    enabled: version !== undefined,
    queryFn: async ({ signal }): Promise<Document> => {
      const path = { workflow_id: workflow, version: version ?? 0 };
      const found = await data(
        api.GET('/api/v1/workflows/{workflow_id}/versions/{version}', { params: { path }, signal }),
      );
      // As it was written: what the engine makes of it differs in form.
      const read = readText(found.source);
      return read.ok && isObject(read.value) ? read.value : (found.document as Document);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function publish(workflow: string, waiting: readonly Chosen[]): Promise<Published> {
  return post(`/workflows/${workflow}/publish`, { waiting });
}

export function undoPublish(workflow: string): Promise<Published> {
  return post(`/workflows/${workflow}/publish/undo`, undefined);
}
