/** How the keyboard gets into the panel and out of it. Knows fields by where they say they are; never what they hold. */
import { type RefObject, useEffect } from 'react';
import { useDraftParts, useReadOnly, useUi } from '../draft';
import { goTo } from '../ui';
import { fieldOf } from './problems';

const REACHED = ['input:not([type="hidden"])', 'textarea', '[contenteditable="true"]', 'select', 'button']
  .map((one) => `${one}:not(:disabled, [data-aside], [data-aside] *)`)
  .join();
/** Forms that load over a slow line are looked for so often, */
const LOOKS_MAX = 600;
/** with so long between. */
const LOOK_MS = 50;

/** The last thing somebody did: a key, or `pointer`. */
const last = { by: '', at: 0 };
if (typeof window !== 'undefined') {
  window.addEventListener(
    'keydown',
    ({ key, timeStamp }) => Object.assign(last, { by: key, at: timeStamp }),
    true,
  );
  window.addEventListener(
    'pointerdown',
    ({ timeStamp }) => Object.assign(last, { by: 'pointer', at: timeStamp }),
    true,
  );
}

/** Calls until it gives `true`; whoever does something else meanwhile is left alone. `end` hears that it is over. */
function whenThere(look: () => boolean, end?: () => void): () => void {
  const since = last.at;
  let left = LOOKS_MAX;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const again = () => {
    left -= 1;
    if (last.at === since && !look() && left > 0) timer = setTimeout(again, LOOK_MS);
    else end?.();
  };
  again();
  return () => clearTimeout(timer);
}

function focusIn(place: Element | null | undefined, block: ScrollLogicalPosition = 'center'): boolean {
  const control = place?.querySelector<HTMLElement>(REACHED);
  if (!control) return false;
  control.closest('details:not([open])')?.setAttribute('open', '');
  control.scrollIntoView({ block });
  control.focus({ preventScroll: true });
  return true;
}

/** The first field, else the heading. */
function focusFirst(panel: HTMLElement | null): boolean {
  const body = panel?.querySelector('[data-panel-body]');
  if (!body) return false;
  return focusIn(body) || focusHeading(panel);
}

function focusHeading(panel: HTMLElement | null): boolean {
  const heading = panel?.querySelector<HTMLElement>('h2');
  heading?.focus();
  return heading !== null;
}

/** The field at a pointer, or the nearest one around it. */
function focusField(panel: HTMLElement | null, pointer: string): boolean {
  if (!panel?.querySelector('[data-panel-body]')) return false;
  const fields = [...panel.querySelectorAll<HTMLElement>('[data-field]')];
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const found =
      fields.find((field) => field.dataset.field === at) ??
      fields.find((field) => field.dataset.field?.startsWith(`${at}/`));
    if (found) return focusIn(found);
  }
  return focusFirst(panel);
}

/** Goes to the field that was asked for; opened by Enter, to the first one. */
export function useFieldFocus(panel: RefObject<HTMLElement | null>): void {
  const { session, ui } = useDraftParts();
  const field = useUi((state) => state.field);
  useEffect(() => {
    if (field === undefined) return;
    const { problems } = session.store.get();
    const problem = problems.find(({ path }) => path === field);
    const wanted = problem ? fieldOf(problem) : field;
    return whenThere(
      () => focusField(panel.current, wanted),
      // The next one who asks for the same field gets it, too.
      () => ui.set({ field: undefined }),
    );
  }, [field, panel, session, ui]);
  useEffect(() => {
    const isPressed = /^(Enter| )$/.test(last.by);
    if (!isPressed || ui.get().field !== undefined) return;
    return whenThere(() => focusFirst(panel.current));
  }, [panel, ui]);
}

/**
 * Undo and redo are the page's in every field of the panel, also in lists and on a phone, where the page leaves them
 * to dialogs. A text that is nowhere yet undoes itself.
 */
export function useUndoKeys(panel: RefObject<HTMLElement | null>): void {
  const { session } = useDraftParts();
  const readOnly = useReadOnly();
  useEffect(() => {
    const { current } = panel;
    const press = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || event.altKey || !(key === 'z' || key === 'y')) return;
      if (event.target instanceof Element && event.target.closest('[data-own-undo]')) {
        event.stopPropagation();
        return;
      }
      event.preventDefault();
      if (readOnly) return;
      if (key === 'z' && !event.shiftKey) session.undo();
      else session.redo();
    };
    current?.addEventListener('keydown', press);
    return () => current?.removeEventListener('keydown', press);
  }, [panel, session, readOnly]);
}

/** Whoever presses what then is gone, such as a row's bin, is not thrown out of the panel. */
export function useKeptFocus(panel: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { current } = panel;
    const press = (event: MouseEvent) => {
      const around = event.composedPath().filter((one) => one instanceof Element);
      whenThere(() => {
        if (document.activeElement !== document.body || around[0]?.isConnected) return false;
        return around.some((one) => one.isConnected && current?.contains(one) && focusIn(one, 'nearest'));
      });
    };
    current?.addEventListener('click', press);
    return () => current?.removeEventListener('click', press);
  }, [panel]);
}

/** F6 goes between card and panel; Escape goes back to the card, on a phone by closing the panel. */
export function usePanelKeys(panel: RefObject<HTMLElement | null>, narrow: boolean, close: () => void): void {
  const { ui } = useDraftParts();
  useEffect(() => {
    // Looked at before anything hears of the key: a list that Escape closes is closed by the time we do.
    let isBusy = false;
    const look = ({ target }: KeyboardEvent) => {
      isBusy = target instanceof Element && target.closest('[aria-expanded="true"]') !== null;
    };
    const press = (event: KeyboardEvent) => {
      const { target } = event;
      const isInside = target instanceof Node && panel.current?.contains(target) === true;
      if (event.key === 'F6' && !event.altKey && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        if (isInside) leave();
        else whenThere(() => focusFirst(panel.current));
        return;
      }
      // Enter on the card whose panel is open already leads into it, too.
      const card = target instanceof Element ? target.closest<HTMLElement>('[data-stop]') : null;
      if (event.key === 'Enter' && card && card.dataset.stop === ui.get().panel) focusFirst(panel.current);
      if (event.key !== 'Escape' || event.defaultPrevented || !isInside || isBusy) return;
      event.preventDefault();
      leave();
    };
    const leave = () => {
      // Views leave the focus with whoever is at a field of the panel.
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      if (narrow) close();
      else goTo(ui, ui.get().panel ?? ui.get().current);
    };
    window.addEventListener('keydown', look, true);
    window.addEventListener('keydown', press);
    return () => {
      window.removeEventListener('keydown', look, true);
      window.removeEventListener('keydown', press);
    };
  }, [panel, narrow, close, ui]);
}
