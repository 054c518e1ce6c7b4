/** Messages as queries: what was sent, and what sandbox connections kept. Knows addresses; no channel by name. */
import { api, data } from '@/api/client';
import { pages } from '@/api/pages';
import type { SandboxMessage, SendView } from '@/api/schema.gen';

export const DELIVERIES = ['intended', 'accepted', 'sent', 'failed', 'delivered', 'read'] as const;
export type Delivery = (typeof DELIVERIES)[number];

export const sendsQuery = pages<SendView>(['sends'], (cursor) =>
  data(api.GET('/api/v1/sends', { params: { query: { limit: 50, ...(cursor && { cursor }) } } })),
);

export const sandboxQuery = pages<SandboxMessage>(['sandbox'], (cursor) =>
  data(api.GET('/api/v1/sandbox/messages', { params: { query: { limit: 50, ...(cursor && { cursor }) } } })),
);
