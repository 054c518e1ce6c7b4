/** The text of a draft on the server: given, stored, checked, and the schema it should follow. Knows addresses only. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from '@/api/client';
import { asApiError } from '@/api/problem';
import { getWorkflow } from '@/api/workflows';
import type { Json } from '@/model';
import type { Problem } from '../session/parts';
import type { KeptText, Sources, TextKeeper } from './sync';

type Format = 'yaml' | 'json';

const TYPES: Record<Format, string> = { yaml: 'application/yaml', json: 'application/json' };

const asIs = (body: unknown) => String(body);

export function draftSources(id: string, format: Format): Sources {
  return {
    async load() {
      const { source, rev } = await getWorkflow(id);
      return { text: source, rev };
    },
    async put({ text, rev }) {
      try {
        const saved = await data(
          api.PUT('/api/v1/workflows/{workflow_id}', {
            params: { path: { workflow_id: id }, query: { allow_problems: true } },
            headers: { 'Content-Type': TYPES[format], 'If-Match': `"${rev}"` },
            body: text,
            bodySerializer: asIs,
          }),
        );
        return saved.rev;
      } catch (thrown) {
        if (asApiError(thrown).status === 409) return 'stale';
        throw thrown;
      }
    },
  };
}

/** What the checker says of a text, with the lines of that text. */
export async function checkText(text: string, format: Format, signal: AbortSignal): Promise<Problem[]> {
  const checked = await data(
    api.POST('/api/v1/workflows/check', {
      headers: { 'Content-Type': TYPES[format] },
      body: text,
      bodySerializer: asIs,
      signal,
    }),
  );
  return checked.problems as unknown as Problem[];
}

export const schemaQuery = queryOptions({
  queryKey: ['schema', 'workflow'],
  queryFn: async ({ signal }): Promise<Json> =>
    (await data(api.GET('/api/v1/schema/workflow.json', { signal }))) as unknown as Json,
  staleTime: Number.POSITIVE_INFINITY,
});

const PLACE = 'operandi.text.';

/** Keeps a text for this tab until the server has it. */
export function tabTextKeeper(workflow: string): TextKeeper {
  const place = PLACE + workflow;
  return {
    read() {
      try {
        const text = sessionStorage.getItem(place);
        return text === null ? undefined : (JSON.parse(text) as KeptText);
      } catch {
        return undefined;
      }
    },
    write(kept) {
      try {
        if (kept === undefined) sessionStorage.removeItem(place);
        else sessionStorage.setItem(place, JSON.stringify(kept));
      } catch {
        // A browser that keeps nothing has only what is on the screen.
      }
    },
  };
}
