/**
 * Loads the page again when a part of it is gone because the server has a newer version by now; once, not in circles.
 *
 * Knows the event of the build tool; never which part.
 */
import { reach } from '@/api/reach';

const KEY = 'operandi.reloaded';
const ONCE_IN_MS = 60_000;

export function reloadWhenStale(): void {
  window.addEventListener('vite:preloadError', () => {
    if (reach.isAway() || navigator.onLine === false) return;
    const last = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - last < ONCE_IN_MS) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
  });
}
