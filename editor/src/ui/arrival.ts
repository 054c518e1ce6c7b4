/**
 * Remembers where somebody is going, until the heading of that page takes the focus.
 *
 * Knows paths; never a page.
 */
let target: string | undefined;

/** Another page was asked for. */
export function noteArrival(path: string): void {
  target = path;
}

/** Whether the page at `path` is the one somebody has gone to; asking again says no. */
export function takeArrival(path: string): boolean {
  const base = path.replace(/\/$/, '');
  const here = target !== undefined && (target === base || target.startsWith(`${base}/`));
  if (here) target = undefined;
  return here;
}
