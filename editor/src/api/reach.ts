/**
 * Whether the server can be reached, learnt from every request and, while it cannot, by asking again.
 *
 * Knows one address to knock at; never why a page asked or what it shows.
 */
const KNOCK_MS = 4000;

let away = false;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  if (away === next) return;
  away = next;
  for (const listener of listeners) listener();
  if (away) knockLater();
  else clearTimeout(timer);
}

function knockLater(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void knock(), KNOCK_MS);
}

let knocking: Promise<void> | undefined;

function knock(): Promise<void> {
  knocking ??= knockNow().finally(() => {
    knocking = undefined;
  });
  return knocking;
}

async function knockNow(): Promise<void> {
  try {
    const response = await fetch('/api/v1/schema/workflow.json', { method: 'HEAD', cache: 'no-store' });
    set(isGateway(response.status));
  } catch {
    set(true);
  }
  if (away) knockLater();
}

function isOnline(): boolean {
  return typeof navigator === 'undefined' || navigator.onLine !== false;
}

function isGateway(status: number): boolean {
  return status === 502 || status === 504;
}

export const reach = {
  isAway: (): boolean => away,
  /** An answer came. */
  answered(status: number): void {
    // What was under way when the line went down says nothing about now.
    if (!isGateway(status) && isOnline()) set(false);
    else if (isGateway(status)) set(true);
  },
  /** No answer came. */
  silent(): void {
    set(true);
  },
  /** Asks the server now; whether it is away. */
  async ask(): Promise<boolean> {
    await knock();
    return away;
  },
  /** Resolves as soon as the server can be reached. */
  back(): Promise<void> {
    if (!away) return Promise.resolve();
    return new Promise((done) => {
      const leave = reach.subscribe(() => {
        leave();
        done();
      });
    });
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

if (typeof window !== 'undefined') {
  window.addEventListener('offline', () => set(true));
  window.addEventListener('online', () => void knock());
}
