/**
 * The name of this tab, by which drafts and presence tell tabs apart: a reload keeps it, and a tab that was duplicated
 * in the browser, with everything it remembers, takes one of its own.
 *
 * Knows `sessionStorage` and locks; never a draft. Browsers give locks to secure addresses only: elsewhere a duplicate
 * keeps the name.
 */
import { newKey } from '@/api/client';

const TAB = 'operandi.tab';
/** A page that is being left lets go of its name at the latest so soon. */
const LEAVING_MS = 500;

export interface TabWorld {
  /** The name that this tab remembers. */
  read(): string | undefined;
  write(name: string): void;
  make(): string;
  /** Takes a name for as long as the page stands; `false` when another tab has it. */
  hold(name: string): Promise<boolean>;
}

export async function nameTab(world: TabWorld): Promise<string> {
  const known = world.read();
  if (known !== undefined && (await world.hold(known))) return known;
  const made = world.make();
  world.write(made);
  await world.hold(made);
  return made;
}

const BROWSER: TabWorld = {
  read() {
    try {
      return sessionStorage.getItem(TAB) ?? undefined;
    } catch {
      return undefined;
    }
  },
  write(name) {
    try {
      sessionStorage.setItem(TAB, name);
    } catch {
      // A browser that keeps nothing names its tabs anew.
    }
  },
  make: newKey,
  async hold(name) {
    const isHeld = await lock(name);
    // A page that rests in the browser's cache must hold nothing, and is there again when it comes back.
    if (isHeld) window.addEventListener('pageshow', ({ persisted }) => persisted && void lock(name));
    return isHeld;
  },
};

function lock(name: string): Promise<boolean> {
  const { locks } = navigator;
  if (locks === undefined) return Promise.resolve(true);
  return new Promise((done) => {
    const late = AbortSignal.timeout(LEAVING_MS);
    const keep = () =>
      new Promise<void>((letGo) => {
        window.addEventListener('pagehide', () => letGo(), { once: true });
        done(true);
      });
    locks.request(`${TAB}.${name}`, { signal: late }, keep).catch(() => done(false));
  });
}

let named: Promise<string> | undefined;

export function ownTab(): Promise<string> {
  named ??= nameTab(BROWSER);
  return named;
}
