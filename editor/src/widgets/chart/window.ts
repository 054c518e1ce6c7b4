/**
 * The stretch of time a chart shows: zoomed, moved, and as it is asked of the server.
 *
 * Pure; `now` is an argument. Knows milliseconds, never a chart.
 */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The closest one can look. */
const CLOSE_MS = 5 * MINUTE_MS;
/** The furthest one can look. */
const FAR_MS = 400 * DAY_MS;

/** How much longer than its readings the window of a young series is. */
const BESIDE = 1.05;
/** How much is seen before and after a short stretch. */
const BESIDE_MIN_MS = 5 * MINUTE_MS;

/** Hours of the choices. */
export const SPANS = [6, 24, 7 * 24, 30 * 24] as const;

/** The last hours; for who is `young`, of the later half of them, no more than there was. */
export function lastHours(hours: number, now: number, young?: number): TimeWindow {
  const from = now - hours * HOUR_MS;
  if (young === undefined || young < (from + now) / 2) return { from, to: now };
  return { from: now - Math.max((now - young) * BESIDE, CLOSE_MS), to: now };
}

/** A stretch that is over, with what was before and after it. */
export function around(stretch: TimeWindow, now: number): TimeWindow {
  const beside = Math.max(stretch.to - stretch.from, BESIDE_MIN_MS);
  return held({ from: stretch.from - beside, to: stretch.to + beside }, now);
}

/** Nothing is known of the future: the window ends at `now` at the latest, and keeps its length. */
export function held({ from, to }: TimeWindow, now: number): TimeWindow {
  const length = Math.min(Math.max(to - from, CLOSE_MS), FAR_MS);
  const end = Math.min(to, now);
  return { from: end - length, to: end };
}

/** `factor` below one comes closer; `at` is the share of the width that stays where it is. */
export function zoomed(window: TimeWindow, factor: number, now: number, at = 0.5): TimeWindow {
  const length = window.to - window.from;
  const next = Math.min(Math.max(length * factor, CLOSE_MS), FAR_MS);
  const from = window.from + (length - next) * at;
  return held({ from, to: from + next }, now);
}

/** By a share of its own length; negative goes back in time. */
export function moved(window: TimeWindow, share: number, now: number): TimeWindow {
  const by = (window.to - window.from) * share;
  return held({ from: window.from + by, to: window.to + by }, now);
}

/** The stretch to ask for: a little more than is seen, on a grid, so that small moves ask for nothing new. */
export function asked({ from, to }: TimeWindow): TimeWindow {
  const length = to - from;
  const grid = 2 ** Math.ceil(Math.log2(length / 8));
  return { from: Math.floor((from - length / 8) / grid) * grid, to: Math.ceil(to / grid) * grid };
}
