/** Remembers that somebody went to another page, until that page's head takes the focus. Knows no page. */
let arrived = false;

/** Another page was asked for. */
export function noteArrival(): void {
  arrived = true;
}

/** Whether somebody has just arrived; asking again says no. */
export function takeArrival(): boolean {
  const was = arrived;
  arrived = false;
  return was;
}
