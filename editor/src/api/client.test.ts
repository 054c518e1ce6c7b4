/** Holds the door to the server: failures told apart, and nothing unsent lost when a session ends. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { api, data, newKey } from './client';
import { type ApiError, asApiError } from './problem';
import { reach } from './reach';
import { sessionGate } from './session-gate';

afterEach(() => {
  sessionGate.disarm();
  vi.unstubAllGlobals();
});

function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ status, code, title: code, request_id: 'r', type: code }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}

/** The server gives these answers, one after the other. Returns what it was asked. */
function answers(...given: Array<Response | Error>): Request[] {
  const asked: Request[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(request.clone());
    const next = given.shift();
    if (next === undefined) throw new Error('asked too often');
    if (next instanceof Error) throw next;
    return next;
  });
  return asked;
}

async function failure(ask: Promise<unknown>): Promise<ApiError> {
  return ask.then(
    () => expect.fail('it did not fail'),
    (thrown) => asApiError(thrown),
  );
}

describe('the door to the server', () => {
  it('tells a refusal, a fault and a server that is away apart', async () => {
    answers(
      problem(403, 'forbidden'),
      problem(500, 'internal'),
      new TypeError('failed to fetch'),
      new Response('<html>', { status: 502 }),
      problem(429, 'too_many_requests', { 'retry-after': '7' }),
    );
    const ask = () => failure(api.GET('/api/v1/me'));
    expect(await ask()).toMatchObject({ kind: 'refused', code: 'forbidden', requestId: 'r' });
    expect(await ask()).toMatchObject({ kind: 'broken', code: 'internal' });
    expect(await ask()).toMatchObject({ kind: 'away', code: 'away', status: 0 });
    expect(reach.isAway()).toBe(true);
    expect(await ask()).toMatchObject({ kind: 'away', status: 502 });
    expect(await ask()).toMatchObject({ code: 'too_many_requests', retryAfter: 7 });
    expect(reach.isAway()).toBe(false);
  });

  it('keeps what could not be sent until somebody has signed in again', async () => {
    const asked = answers(problem(401, 'unauthenticated'), new Response(null, { status: 204 }));
    sessionGate.arm();
    const sent = api.PATCH('/api/v1/organisation', { body: { name: 'Luna' } });
    await vi.waitFor(() => expect(sessionGate.isEnded()).toBe(true));
    expect(asked).toHaveLength(1);
    sessionGate.settle(true);
    await sent;
    expect(await asked[1]?.json()).toEqual({ name: 'Luna' });
    expect(sessionGate.isEnded()).toBe(false);
  });

  it('fails what waits when nobody signs in again, and asks nothing where nobody was signed in', async () => {
    answers(problem(401, 'unauthenticated'), problem(401, 'unauthenticated'));
    expect(await failure(api.GET('/api/v1/me'))).toMatchObject({ code: 'unauthenticated' });
    sessionGate.arm();
    const waiting = failure(api.GET('/api/v1/me'));
    await vi.waitFor(() => expect(sessionGate.isEnded()).toBe(true));
    sessionGate.disarm();
    expect(await waiting).toMatchObject({ code: 'unauthenticated' });
  });

  it('gives the body, and names requests also where crypto.randomUUID is missing', async () => {
    answers(Response.json({ role: 'owner' }));
    expect(await data(api.GET('/api/v1/me'))).toEqual({ role: 'owner' });
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    expect(newKey()).toMatch(/^[0-9a-f]{32}$/);
  });
});
