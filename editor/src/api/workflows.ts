/** Workflows as queries and requests: listed, made, copied, switched, deleted. Knows their addresses; never a page. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { api, data, newKey } from './client';
import type { Saved, WorkflowItem, WorkflowView } from './schema.gen';

const PAGE = 200;

/** All of them: an organisation has tens, and search, names and filters need every one. */
export const workflowsQuery = queryOptions({
  queryKey: ['workflows'],
  queryFn: async ({ signal }): Promise<WorkflowItem[]> => {
    const all: WorkflowItem[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: PAGE, ...(cursor && { cursor }) };
      const page = await data(api.GET('/api/v1/workflows', { params: { query }, signal }));
      all.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    return all;
  },
});

/** A workflow's name by its id, in the reader's language. */
export function useWorkflowNames(): (id: string) => string | undefined {
  const lang = useLang();
  const { data: found } = useQuery(workflowsQuery);
  return useCallback((id) => localText(found?.find((item) => item.id === id)?.name, lang), [found, lang]);
}

/** With its draft. The address gives YAML, too, so JSON is asked for. */
export async function getWorkflow(id: string): Promise<WorkflowView> {
  const found = await data(
    api.GET('/api/v1/workflows/{workflow_id}', {
      params: { path: { workflow_id: id } },
      headers: { Accept: 'application/json' },
    }),
  );
  return found as WorkflowView;
}

export type Format = 'yaml' | 'json';

/** Stores a document as a draft, even with problems: the editor shows them. */
export function createWorkflow(source: string, format: Format, key = newKey()): Promise<Saved> {
  return data(
    api.POST('/api/v1/workflows', {
      params: { query: { allow_problems: true }, header: { 'Idempotency-Key': key } },
      headers: { 'Content-Type': format === 'json' ? 'application/json' : 'application/yaml' },
      body: source,
      bodySerializer: (body: unknown) => String(body),
    }),
  );
}

export async function setInputs(id: string, inputs: Record<string, unknown>): Promise<void> {
  await api.PUT('/api/v1/workflows/{workflow_id}/inputs', {
    params: { path: { workflow_id: id } },
    body: { inputs },
  });
}

export async function switchWorkflow(id: string, on: boolean): Promise<void> {
  const params = { path: { workflow_id: id } };
  if (on) await api.POST('/api/v1/workflows/{workflow_id}/enable', { params });
  else await api.POST('/api/v1/workflows/{workflow_id}/disable', { params });
}

export async function deleteWorkflow(id: string): Promise<void> {
  await api.DELETE('/api/v1/workflows/{workflow_id}', { params: { path: { workflow_id: id } } });
}

/** The document's text in YAML; secrets are never part of it. */
export function exportWorkflow(id: string): Promise<string> {
  return data(
    api.GET('/api/v1/workflows/{workflow_id}/export', {
      params: { path: { workflow_id: id } },
      parseAs: 'text',
    }),
  ) as Promise<string>;
}
