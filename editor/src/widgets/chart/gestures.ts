/** Moves and zooms a chart with fingers, and with the wheel while Ctrl is held. Knows pointers; never what is drawn. */
import { moved, type TimeWindow, zoomed } from './window';

const WHEEL_SPEED = 0.0025;

export interface Gestured {
  window(): TimeWindow;
  change(next: TimeWindow): void;
}

/** Returns how to stop. */
export function gestures(place: HTMLElement, chart: Gestured): () => void {
  const fingers = new Map<number, number>();
  let before: { centre: number; apart: number } | undefined;

  const grip = () => {
    const all = [...fingers.values()];
    const centre = all.reduce((sum, x) => sum + x, 0) / all.length;
    return { centre, apart: all.length < 2 ? 0 : Math.max(...all) - Math.min(...all) };
  };
  const down = (event: PointerEvent) => {
    if (event.pointerType !== 'touch') return;
    fingers.set(event.pointerId, event.clientX);
    before = grip();
  };
  const move = (event: PointerEvent) => {
    if (!fingers.has(event.pointerId) || before === undefined) return;
    fingers.set(event.pointerId, event.clientX);
    const box = place.getBoundingClientRect();
    const after = grip();
    const share = (before.centre - after.centre) / box.width;
    let next = moved(chart.window(), share, Date.now());
    if (before.apart > 0 && after.apart > 0) {
      next = zoomed(next, before.apart / after.apart, Date.now(), (after.centre - box.left) / box.width);
    }
    before = after;
    chart.change(next);
  };
  const up = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    before = fingers.size === 0 ? undefined : grip();
  };
  const wheel = (event: WheelEvent) => {
    // Without Ctrl the page scrolls; trackpads say Ctrl when two fingers spread.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = place.getBoundingClientRect();
    const at = (event.clientX - box.left) / box.width;
    chart.change(zoomed(chart.window(), Math.exp(event.deltaY * WHEEL_SPEED), Date.now(), at));
  };
  place.addEventListener('pointerdown', down);
  place.addEventListener('pointermove', move);
  for (const end of ['pointerup', 'pointercancel', 'pointerleave'] as const) place.addEventListener(end, up);
  place.addEventListener('wheel', wheel, { passive: false });
  return () => {
    place.removeEventListener('pointerdown', down);
    place.removeEventListener('pointermove', move);
    for (const end of ['pointerup', 'pointercancel', 'pointerleave'] as const)
      place.removeEventListener(end, up);
    place.removeEventListener('wheel', wheel);
  };
}
