/** Signing in and out. Knows the session's addresses and the cache that belongs to it; never a page. */
import type { QueryClient } from '@tanstack/react-query';
import { api, data } from '@/api/client';
import { meQuery } from '@/api/organisation';
import { asApiError } from '@/api/problem';
import type { Me } from '@/api/schema.gen';
import { sessionGate } from '@/api/session-gate';

export async function signIn(client: QueryClient, email: string, password: string): Promise<Me> {
  const me: Me = await data(api.POST('/api/v1/sessions', { body: { email, password } }));
  client.setQueryData(meQuery.queryKey, me);
  sessionGate.arm();
  return me;
}

/** Who is signed in; `undefined` when nobody is. Other failures are thrown. */
export async function whoIsThere(client: QueryClient): Promise<Me | undefined> {
  try {
    const me = await client.ensureQueryData(meQuery);
    sessionGate.arm();
    return me;
  } catch (thrown) {
    if (asApiError(thrown).code === 'unauthenticated') return undefined;
    throw thrown;
  }
}

/**
 * Ends the session; what belongs to it is forgotten even when the server cannot be told. Alerts are no longer shown
 * here, either: who comes next may be somebody else.
 */
export async function signOut(client: QueryClient): Promise<void> {
  sessionGate.disarm();
  // Not by `part`, which would wait for a server that is away.
  const push = await import('@/api/push').catch(() => undefined);
  await push?.switchPushOff().catch(() => undefined);
  await api.DELETE('/api/v1/sessions/current').catch(() => undefined);
  client.clear();
}

/** Goes on in another organisation of the same person: the page begins anew, so nothing of the one before stays. */
export async function switchOrganisation(organisation: string): Promise<void> {
  await data(api.POST('/api/v1/sessions/current/organisation', { body: { org_id: organisation } }));
  window.location.assign('/workflows');
}
