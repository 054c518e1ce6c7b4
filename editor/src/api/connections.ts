/** Connections as queries and requests. Knows their addresses; never a connector by name. */
import { queryOptions } from '@tanstack/react-query';
import { api, data, newKey } from './client';
import type { ConnectionView, Made, NewConnectionBody, PatchConnection, Tested } from './schema.gen';

const PAGE = 200;

/** All of them: an organisation has a handful. */
export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: async ({ signal }): Promise<ConnectionView[]> => {
    const all: ConnectionView[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: PAGE, ...(cursor && { cursor }) };
      const page = await data(api.GET('/api/v1/connections', { params: { query }, signal }));
      all.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    return all;
  },
});

const at = (id: string) => ({ path: { connection_id: id } });

export function connectionQuery(id: string) {
  return queryOptions({
    queryKey: ['connections', id],
    queryFn: ({ signal }): Promise<ConnectionView> =>
      data(api.GET('/api/v1/connections/{connection_id}', { params: at(id), signal })),
  });
}

export function makeConnection(body: NewConnectionBody, key = newKey()): Promise<Made> {
  return data(api.POST('/api/v1/connections', { params: { header: { 'Idempotency-Key': key } }, body }));
}

/** Changes what `rev` was seen of; another revision by now is refused. */
export function changeConnection(id: string, rev: number, body: PatchConnection): Promise<ConnectionView> {
  return data(
    api.PATCH('/api/v1/connections/{connection_id}', {
      params: { ...at(id), query: { rev } },
      body,
    }),
  );
}

export async function deleteConnection(id: string): Promise<void> {
  await api.DELETE('/api/v1/connections/{connection_id}', { params: at(id) });
}

export function testConnection(id: string): Promise<Tested> {
  return data(api.POST('/api/v1/connections/{connection_id}/test', { params: at(id) }));
}

/** The whole address others send their webhooks to. */
export function hookAddress(connection: ConnectionView): string {
  return new URL(connection.hook, location.origin).href;
}
