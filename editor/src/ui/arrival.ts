/**
 * Puts the focus on the heading of a page somebody has gone to, at once or as soon as there is one.
 *
 * Knows that a page has one `h1`; never a page.
 */
let awaited = false;

/** Another page has been shown; its heading may still be on its way. */
export function arrive(): void {
  const heading = document.querySelector<HTMLElement>('main h1');
  awaited = heading === null;
  heading?.focus({ preventScroll: true });
}

/** Whether somebody waits for a heading; asking again says no. */
export function takeArrival(): boolean {
  const was = awaited;
  awaited = false;
  return was;
}
