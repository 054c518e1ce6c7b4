/**
 * The one door to the server: typed by our OpenAPI, every failure an `ApiError`.
 *
 * Knows HTTP, sessions and language headers; never a page or what an answer is for.
 */
import createClient from 'openapi-fetch';
import { ApiError, readProblem } from './problem';
import { reach } from './reach';
import type { paths } from './schema.gen';
import { sessionGate } from './session-gate';

let language = 'es';

/** The language the server's sentences come in. */
export function speak(lang: string): void {
  language = lang;
}

async function once(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    reach.answered(response.status);
    return response;
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    reach.silent();
    throw new ApiError({ status: 0 }, undefined, cause);
  }
}

/** Sends; when the session has ended it waits for the next one and sends the same again. */
async function send(request: Request): Promise<Response> {
  request.headers.set('Accept-Language', language);
  const again = request.clone();
  const response = await once(request);
  if (response.ok) return response;
  const error = await readProblem(response);
  if (error.code === 'unauthenticated' && sessionGate.isArmed()) {
    if (await sessionGate.renewed()) return send(again);
  }
  throw error;
}

// An empty base would make `Request` reject relative addresses outside of a browser.
const origin = typeof location === 'undefined' ? 'http://localhost' : location.origin;

export const api = createClient<paths>({ baseUrl: origin, fetch: send });

/** The body of an answer; failures have been thrown before. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data: body } = await answer;
  return body as T;
}

/** Names one creating request, so that sending it twice counts once. Works on plain HTTP, too. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
