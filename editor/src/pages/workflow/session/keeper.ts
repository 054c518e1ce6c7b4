/**
 * Unsent edits in this browser, one place per workflow and tab; what a closed tab left is taken over.
 *
 * Knows `localStorage`; never what the edits are.
 */
import type { Keeper, Kept } from './parts';

const PREFIX = 'operandi.draft.';
/** A tab that has not written for so long is gone. */
const ABANDONED_MS = 30_000;
const ALIVE_MS = 10_000;

interface Stored extends Kept {
  readonly at: number;
}

export function browserKeeper(workflow: string, tab: string): Keeper & { beat(): () => void } {
  const prefix = `${PREFIX}${workflow}.`;
  const own = prefix + tab;
  let held: Kept | undefined;
  const put = () => {
    if (held) quietly(() => localStorage.setItem(own, JSON.stringify({ ...held, at: Date.now() })));
  };
  return {
    read() {
      const key = [own, ...abandoned(prefix)].find((each) => stored(each) !== undefined);
      if (key === undefined) return undefined;
      const found = stored(key);
      if (key !== own) {
        held = found;
        put();
        quietly(() => localStorage.removeItem(key));
      }
      held = found;
      return found;
    },
    write(kept) {
      held = kept;
      put();
    },
    clear() {
      held = undefined;
      quietly(() => localStorage.removeItem(own));
    },
    // The time in it tells other tabs that this one lives.
    beat() {
      const timer = setInterval(put, ALIVE_MS);
      return () => clearInterval(timer);
    },
  };
}

function abandoned(prefix: string): string[] {
  return quietly(() => Object.keys(localStorage).filter((key) => key.startsWith(prefix) && isOld(key))) ?? [];
}

function isOld(key: string): boolean {
  return Date.now() - (stored(key)?.at ?? 0) > ABANDONED_MS;
}

function stored(key: string): Stored | undefined {
  return quietly(() => {
    const text = localStorage.getItem(key);
    return text === null ? undefined : (JSON.parse(text) as Stored);
  });
}

/** A browser that keeps nothing only loses this net. */
function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
