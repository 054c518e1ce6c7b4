/**
 * Loads a part of the app, code or texts, when it is needed: while the server is away it waits, then tries again.
 *
 * Knows whether the server can be reached; never what the part is.
 */
import { asApiError } from './problem';
import { reach } from './reach';

const KEY = 'operandi.reloaded';
const RELOAD_ONCE_IN_MS = 60_000;

export interface Around {
  /** Asks the server; whether it is away. */
  ask(): Promise<boolean>;
  /** Resolves as soon as the server can be reached. */
  back(): Promise<void>;
  /** Asks again for what the build tool asks for only once. */
  mend(): Promise<void>;
  /** Loads the whole page again; `false` when that was done a moment ago. */
  reload(): boolean;
}

/** Whatever is shown meanwhile waits with it: this rejects only when the server is there and has no such part. */
export async function part<T>(load: () => Promise<T>, around: Around = BROWSER): Promise<T> {
  let lost = 0;
  for (;;) {
    try {
      return await load();
    } catch (thrown) {
      if (await around.ask()) {
        lost = 0;
        await around.back();
      } else {
        lost += 1;
      }
      // Twice nothing from a server that answers: it has a newer version of the app by now.
      if (lost > 1) {
        if (around.reload()) return new Promise<never>(() => undefined);
        throw asApiError(thrown);
      }
      await around.mend().catch(() => undefined);
    }
  }
}

const sheets = new Set<HTMLLinkElement>();

/** Remembers which style sheets did not come. */
export function watchSheets(): void {
  const note = ({ target }: Event) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') sheets.add(target);
  };
  window.addEventListener('error', note, true);
}

async function fetchSheets(): Promise<void> {
  const lost = [...sheets];
  sheets.clear();
  await Promise.all(
    lost.map((link) => {
      const again = link.cloneNode() as HTMLLinkElement;
      const settled = new Promise((done, fail) => {
        again.addEventListener('load', done);
        again.addEventListener('error', fail);
      });
      link.replaceWith(again);
      return settled;
    }),
  );
}

function reloadOnce(): boolean {
  const last = Number(sessionStorage.getItem(KEY) ?? 0);
  if (Date.now() - last < RELOAD_ONCE_IN_MS) return false;
  sessionStorage.setItem(KEY, String(Date.now()));
  location.reload();
  return true;
}

const BROWSER: Around = { ask: reach.ask, back: reach.back, mend: fetchSheets, reload: reloadOnce };
