/** The text of a draft on the server: given, stored, checked, and the schema it should follow. Knows addresses only. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from '@/api/client';
import { asApiError } from '@/api/problem';
import { getWorkflow } from '@/api/workflows';
import { type Json, writeText } from '@/model';
import type { Problem } from '../session/parts';
import type { KeptText, Sources, TextKeeper } from './sync';

const YAML = { 'Content-Type': 'application/yaml' };

const asIs = (body: unknown) => String(body);

/** A draft that came as JSON has no comments to lose: it is shown, and stored with the next edit, as YAML. */
export function draftSources(id: string): Sources {
  return {
    async load() {
      const { source, format, document, rev } = await getWorkflow(id);
      const isJson = format === 'json' && document !== null;
      return { text: isJson ? writeText(document as Json) : source, rev };
    },
    async put({ text, rev }) {
      try {
        const saved = await data(
          api.PUT('/api/v1/workflows/{workflow_id}', {
            params: { path: { workflow_id: id }, query: { allow_problems: true } },
            headers: { ...YAML, 'If-Match': `"${rev}"` },
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
export async function checkText(text: string, signal: AbortSignal): Promise<Problem[]> {
  const checked = await data(
    api.POST('/api/v1/workflows/check', {
      headers: YAML,
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
