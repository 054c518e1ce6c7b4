/** A draft's requests. Knows addresses and headers; never what a document holds. */
import { api, data } from '@/api/client';
import { asApiError } from '@/api/problem';
import { getWorkflow } from '@/api/workflows';
import type { Document, Patch } from '@/model';
import type { Problem, Transport } from './parts';

/** Requests whose shapes OpenAPI does not tell, or tells too loosely. */
type Ask = (
  path: string,
  options: { body?: unknown; headers?: Record<string, string>; keepalive?: boolean },
) => Promise<{ data?: unknown }>;

export function post<T>(path: string, body: unknown): Promise<T> {
  return data((api.POST as unknown as Ask)(`/api/v1${path}`, { body }) as Promise<{ data?: T }>);
}

/** The same for what must still arrive when the page is gone. */
export function postAtLast(path: string, body: unknown): Promise<unknown> {
  return (api.POST as unknown as Ask)(`/api/v1${path}`, { body, keepalive: true });
}

function patch<T>(path: string, body: unknown, headers: Record<string, string>): Promise<T> {
  return data((api.PATCH as unknown as Ask)(`/api/v1${path}`, { body, headers }) as Promise<{ data?: T }>);
}

/** The draft's text cannot be read as a document at all. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export function draftTransport(id: string): Transport {
  return {
    async load() {
      const found = await getWorkflow(id);
      if (found.document === null || found.document === undefined) throw new Unreadable();
      return { document: found.document as Document, rev: found.rev };
    },
    send: (rev, patches: readonly Patch[]) =>
      patch<{ rev: number; problems: Problem[] }>(
        `/workflows/${id}`,
        { patches },
        { 'If-Match': `"${rev}"` },
      ),
    check: async () => (await post<{ problems: Problem[] }>(`/workflows/${id}/check`, undefined)).problems,
    verdict(thrown) {
      const error = asApiError(thrown);
      if (error.kind === 'away') return 'away';
      return error.status === 409 || error.status === 412 ? 'stale' : 'refused';
    },
  };
}
