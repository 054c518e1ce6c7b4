/** Which steps are chosen, and how one chooses more. Knows the page's state; never a card or a row. */
import { type Document, join, placeByPath, placeOf, STEPS, type StepId, valueAt } from '@/model';
import { standOn, type Ui } from '../ui';

/** From here on a tap chooses, beginning with these. */
export function beginSelecting(ui: Ui, keys: readonly StepId[] = []): void {
  ui.set({ selecting: true, selected: new Set(keys), panel: undefined });
}

export function endSelecting(ui: Ui): void {
  ui.set({ selecting: false, selected: new Set([ui.get().current]) });
}

/** Whether a click with these keys held chooses one more instead of opening it. */
export function choosesMore(
  ui: Ui,
  { shiftKey, ctrlKey, metaKey }: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean },
): boolean {
  return shiftKey || ctrlKey || metaKey || ui.get().selecting;
}

/** The steps a deed on `stop` is about: all that are selected when it is one of them. */
export function meant(document: Document, ui: Ui, stop: string): readonly StepId[] {
  const { selected } = ui.get();
  const keys = selected.has(stop) ? [...selected] : [stop];
  return keys.filter((key) => placeOf(document, key) !== undefined);
}

/** All steps of the list in which the stop is; stands on it still. */
export function selectAll(document: Document, ui: Ui, stop: string): void {
  const list = placeOf(document, stop)?.list ?? STEPS;
  const value = valueAt(document, list);
  const count = Array.isArray(value) ? value.length : 0;
  const keys = Array.from({ length: count }, (_, at) => placeByPath(document, join(list, at))?.key ?? '');
  ui.set({ selected: new Set(keys) });
}

/** Takes the next stop into the selection, or the last one out of it when one goes back. */
export function extend(ui: Ui, next: string): void {
  const { selected, current } = ui.get();
  if (!selected.has(next)) {
    standOn(ui, next, true);
    return;
  }
  const left = new Set(selected);
  left.delete(current);
  ui.set({ current: next, selected: left.size > 0 ? left : new Set([next]) });
}
