/** Members, keys and the audit log as queries and requests. Knows their addresses; never a page. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from '@/api/client';
import { pages } from '@/api/pages';
import type {
  AuditView,
  KeyView,
  MadeKey,
  MemberView,
  NewKey,
  NewMember,
  OrgView,
  PatchOrg,
  Role,
} from '@/api/schema.gen';

export const ROLES: readonly Role[] = ['owner', 'admin', 'marketing', 'support', 'viewer'];

export function roleOf(word: string): Role {
  return ROLES.find((role) => role === word) ?? 'viewer';
}

export function changeOrganisation(rev: number, body: PatchOrg): Promise<OrgView> {
  return data(api.PATCH('/api/v1/organisation', { params: { query: { rev } }, body }));
}

export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: async ({ signal }): Promise<MemberView[]> =>
    (await data(api.GET('/api/v1/members', { signal }))).items,
});

export async function addMember(body: NewMember, key: string): Promise<void> {
  await api.POST('/api/v1/members', { params: { header: { 'Idempotency-Key': key } }, body });
}

export async function changeMember(id: string, role: Role): Promise<void> {
  await api.PATCH('/api/v1/members/{user_id}', { params: { path: { user_id: id } }, body: { role } });
}

export async function removeMember(id: string): Promise<void> {
  await api.DELETE('/api/v1/members/{user_id}', { params: { path: { user_id: id } } });
}

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async ({ signal }): Promise<KeyView[]> => (await data(api.GET('/api/v1/keys', { signal }))).items,
});

export function makeKey(body: NewKey, key: string): Promise<MadeKey> {
  return data(api.POST('/api/v1/keys', { params: { header: { 'Idempotency-Key': key } }, body }));
}

export async function revokeKey(id: string): Promise<void> {
  await api.DELETE('/api/v1/keys/{key_id}', { params: { path: { key_id: id } } });
}

export const auditQuery = pages<AuditView>(['audit'], (cursor) =>
  data(api.GET('/api/v1/audit', { params: { query: { limit: 50, ...(cursor && { cursor }) } } })),
);
