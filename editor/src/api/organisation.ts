/** The organisation and who is signed in, as queries. Knows their addresses and never a page. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { rememberLocale } from '@/i18n/languages';
import { api, data } from './client';
import type { Me, OrgView } from './schema.gen';

const LASTS_MS = 5 * 60_000;

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }): Promise<Me> => data(api.GET('/api/v1/me', { signal })),
  staleTime: LASTS_MS,
});

export const organisationQuery = queryOptions({
  queryKey: ['organisation'],
  queryFn: async ({ signal }): Promise<OrgView> => {
    const organisation: OrgView = await data(api.GET('/api/v1/organisation', { signal }));
    rememberLocale(organisation.locale);
    return organisation;
  },
  staleTime: LASTS_MS,
});

/** `undefined` until somebody is signed in and it has come. */
export function useOrganisation() {
  const me = useQuery({ ...meQuery, enabled: false });
  return useQuery({ ...organisationQuery, enabled: me.data !== undefined });
}

/** What somebody may do; the server decides, this only hides what it would refuse. */
export type Deed = 'edit' | 'operate' | 'connect' | 'administer';

const DEEDS: Record<Me['role'], readonly Deed[]> = {
  owner: ['edit', 'operate', 'connect', 'administer'],
  admin: ['edit', 'operate', 'connect', 'administer'],
  marketing: ['edit', 'operate'],
  support: ['operate'],
  viewer: [],
};

export function useMay(deed: Deed): boolean {
  const { data: me } = useQuery({ ...meQuery, enabled: false });
  return me !== undefined && DEEDS[me.role].includes(deed);
}
