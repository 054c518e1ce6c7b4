/** What is live and who waits where, publishing and undoing it. Knows addresses and shapes only. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from '@/api/client';
import type { Choice, Publication, Published, Restored, VersionView } from '@/api/schema.gen';
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

/** A version as it was published, which never changes. */
export function versionQuery(workflow: string, version: number | undefined) {
  return queryOptions({
    queryKey: ['version', workflow, version],
    enabled: version !== undefined,
    queryFn: ({ signal }): Promise<VersionView> => {
      const path = { workflow_id: workflow, version: version ?? 0 };
      return data(
        api.GET('/api/v1/workflows/{workflow_id}/versions/{version}', { params: { path }, signal }),
      );
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** As it was written: what the engine makes of it differs in form. */
export function documentOf(version: VersionView): Document {
  const read = readText(version.source);
  return read.ok && isObject(read.value) ? read.value : (version.document as Document);
}

export function publish(workflow: string, waiting: Choice[]): Promise<Published> {
  const body = { waiting };
  return data(api.POST('/api/v1/workflows/{workflow_id}/publish', { params: at(workflow), body }));
}

export function undoPublish(workflow: string): Promise<Restored> {
  return data(api.POST('/api/v1/workflows/{workflow_id}/publish/undo', { params: at(workflow) }));
}
