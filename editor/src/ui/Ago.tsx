/** How long ago (or in how long) a moment is, kept up to date. Knows time; never whose moment it is. */
import { useSyncExternalStore } from 'react';
import { useFormats } from '@/i18n/use-lang';

const TICK_MS = 10_000;
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time of the last tick; the same for everything on the page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

export function Ago({ at }: { at: string }) {
  const show = useFormats();
  const tick = useNow();
  // What came after the last tick is of now, not of the future.
  const moment = new Date(at).getTime();
  const seen = moment > tick && moment <= tick + TICK_MS ? moment : tick;
  return (
    <time dateTime={at} title={show.moment(at)} className="nowrap">
      {show.ago(at, seen)}
    </time>
  );
}
