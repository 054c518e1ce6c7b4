/** The order in which alerts are looked at: open before closed, nobody's before somebody's, the gravest first. Pure. */
import { type AlertState, type AlertView, LEVELS } from '@/api/sensors';

const FIRST: Readonly<Record<AlertState, number>> = {
  active: 0,
  latched: 1,
  acknowledged: 2,
  snoozed: 3,
  cleared: 4,
};

export function inOrder(alerts: readonly AlertView[]): readonly AlertView[] {
  const level = (alert: AlertView) => LEVELS.indexOf(alert.level);
  return alerts.toSorted(
    (one, other) =>
      FIRST[one.state] - FIRST[other.state] ||
      // What is over is a story: the newest first.
      (one.state === 'cleared' ? 0 : level(other) - level(one)) ||
      (one.since < other.since ? 1 : -1),
  );
}
