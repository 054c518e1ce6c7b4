/** What one person looks at: view, selection, open panel. Nothing of it is stored or sent; knows no document. */
import type { Slot, StepId } from '@/model';
import { makeStore, type Store } from './store';

/** What is being dragged over the canvas. */
export type Dragged =
  | { readonly kind: 'steps'; readonly keys: readonly StepId[] }
  | { readonly kind: 'new'; readonly choice: string };

/** A question about steps that takes a dialog. */
export interface Asking {
  readonly what: 'rename' | 'note' | 'move';
  readonly keys: readonly StepId[];
}

export interface UiState {
  /** `canvas`, `outline`, or a view that `parts.tsx` adds. */
  readonly view: string;
  /** The card the keyboard stands on: a step's key, `TRIGGER` or `END`. */
  readonly current: string;
  readonly selected: ReadonlySet<string>;
  /** Whether a tap chooses a step instead of opening it: what fingers have for Shift and Control. */
  readonly selecting: boolean;
  /** Whose panel is open. */
  readonly panel: string | undefined;
  /** Where in the document the panel should put the focus, as a JSON pointer. */
  readonly field: string | undefined;
  readonly collapsed: ReadonlySet<string>;
  /** The slot a new step is being chosen for. */
  readonly adding: Slot | undefined;
  /** What starts the workflow is being chosen. */
  readonly starting: boolean;
  /** The dialog that is open about some steps. */
  readonly asking: Asking | undefined;
  readonly dragged: Dragged | undefined;
  /** The line over whose `+` the dragged would fall. */
  readonly over: string | undefined;
  readonly finding: boolean;
  /** Whether the list of keys is open. */
  readonly helping: boolean;
  /** Whether the list of steps to drag from is open. */
  readonly shelf: boolean;
  readonly map: boolean;
  /** Whether cards have room below their line for what `CARD_EXTRAS` show. */
  readonly extras: boolean;
  /** Rises when the current card should be brought into sight and get the focus. */
  readonly reveal: number;
  /** The one that was done last, by whichever view was open. */
  readonly revealed: number;
  /** Where a context menu is open, and for which card. */
  readonly menu: { readonly key: string; readonly x: number; readonly y: number } | undefined;
}

/** Whether fingers are what people point with here. */
export const TOUCH = typeof matchMedia === 'function' && matchMedia('(pointer: coarse)').matches;

export type Ui = Store<UiState>;

export function makeUi(view: string, current: string): Ui {
  return makeStore<UiState>({
    view,
    current,
    selected: new Set(),
    selecting: false,
    panel: undefined,
    field: undefined,
    collapsed: new Set(),
    adding: undefined,
    starting: false,
    asking: undefined,
    dragged: undefined,
    over: undefined,
    finding: false,
    helping: false,
    shelf: false,
    map: true,
    extras: false,
    reveal: 0,
    revealed: 0,
    menu: undefined,
  });
}

/** Stands on a card; `add` keeps what was selected. */
export function standOn(ui: Ui, key: string, add = false): void {
  const before = ui.get();
  const selected = new Set(add ? before.selected : []);
  if (add && selected.has(key)) selected.delete(key);
  else selected.add(key);
  ui.set({ current: key, selected });
}

/** Stands on a card, brings it into sight and gives it the focus. */
export function goTo(ui: Ui, key: string, more: Partial<UiState> = {}): void {
  ui.set({ current: key, selected: new Set([key]), reveal: ui.get().reveal + 1, ...more });
}

export function openPanel(ui: Ui, key: string, field?: string): void {
  ui.set({ current: key, selected: new Set([key]), panel: key, field });
}

export function toggleCollapsed(ui: Ui, key: string): void {
  const collapsed = new Set(ui.get().collapsed);
  if (!collapsed.delete(key)) collapsed.add(key);
  ui.set({ collapsed });
}

/** Whether the focus may go to the current card: nobody fills in its fields, and no dialog or menu has opened since. */
export function mayFocus(ui: Ui): boolean {
  const { panel, current, menu, adding, asking, starting } = ui.get();
  if (menu || adding || asking || starting) return false;
  return panel !== current || document.activeElement?.closest('[data-panel]') == null;
}
