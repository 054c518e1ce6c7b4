/** What is live and who waits where, publishing and undoing it. Knows addresses and shapes only. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from '@/api/client';
import type { Choice, Publication, Published, Restored } from '@/api/schema.gen';
import { getWorkflow } from '@/api/workflows';
import { type Document, isObject, readText } from '@/model';

export type { Choice, Publication, WaitingView } from '@/api/schema.gen';

const at = (workflow: string) => ({ path: { workflow_id: workflow } });

export function publicationQuery(workflow: string) {
  return queryOptions({
    queryKey: ['publication', workflow],
    queryFn: ({ signal }): Promise<Publication> =>
      data(api.GET('/api/v1/workflows/{workflow_id}/publication', { params: at(workflow), signal })),
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

export function publish(workflow: string, waiting: Choice[]): Promise<Published> {
  const body = { waiting };
  return data(api.POST('/api/v1/workflows/{workflow_id}/publish', { params: at(workflow), body }));
}

export function undoPublish(workflow: string): Promise<Restored> {
  return data(api.POST('/api/v1/workflows/{workflow_id}/publish/undo', { params: at(workflow) }));
}
