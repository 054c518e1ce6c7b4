/** The keyboard of the canvas: arrows from card to card, and every deed by its key. Knows stops; never a card's look. */
import { useCallback } from 'react';
import { useDraftParts } from '../draft';
import { useDeeds } from '../steps/deeds';
import { endSelecting, extend, meant, selectAll } from '../steps/selection';
import { slotOf, standable, stopAfter } from '../steps/stops';
import { useCommandKeys } from '../steps/use-commands';
import { goTo } from '../ui';
import type { View } from './view';

export function useCanvasKeys(view: View) {
  const { session, ui } = useDraftParts();
  const deeds = useDeeds();
  const runs = useCommandKeys();
  const press = useCallback(
    (event: React.KeyboardEvent<HTMLElement>) => {
      const target = event.target as HTMLElement;
      if (event.defaultPrevented || target.closest('input, textarea, [role=dialog]')) return;
      const document = session.document;
      const stop = standable(document, ui.get().current);
      const bare = !event.ctrlKey && !event.metaKey && !event.altKey;
      const isButton = target.closest('button:not([data-stop])') !== null;
      if (isButton && (event.key === 'Enter' || event.key === ' ')) return;
      const next = bare ? stopAfter(document, stop, event.key, ui.get().collapsed) : undefined;
      if (next !== undefined) {
        if (event.shiftKey) {
          extend(ui, next);
          ui.set({ reveal: ui.get().reveal + 1 });
        } else goTo(ui, next, follow(ui.get().panel, next));
      } else if (event.key === 'Escape') {
        if (ui.get().panel !== undefined) goTo(ui, stop, { panel: undefined });
        else if (ui.get().selecting) endSelecting(ui);
        else ui.set({ selected: new Set([stop]) });
      } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
        selectAll(document, ui, stop);
      } else if (bare && event.key === '0') view.fit();
      else if (bare && event.key === '?') ui.set({ helping: true });
      else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
        const box = target.getBoundingClientRect();
        ui.set({ menu: { key: stop, x: box.left + 24, y: box.bottom } });
      } else if (!runs(event.nativeEvent, stop)) return;
      event.preventDefault();
    },
    [session, ui, runs, view],
  );
  const clip = useCallback(
    (event: React.ClipboardEvent) => {
      if ((event.target as HTMLElement).closest('input, textarea')) return;
      const stop = standable(session.document, ui.get().current);
      const keys = meant(session.document, ui, stop);
      if (event.type === 'paste') {
        deeds.pasteText(event.clipboardData.getData('text/plain'), slotOf(session.document, stop));
      } else if (keys.length > 0) {
        deeds.copyTo(event.clipboardData, keys);
        if (event.type === 'cut') deeds.remove(keys);
      } else return;
      event.preventDefault();
    },
    [session, ui, deeds],
  );
  return { onKeyDown: press, onCopy: clip, onCut: clip, onPaste: clip };
}

/** An open panel goes along to the next card. */
function follow(panel: string | undefined, next: string) {
  return panel !== undefined && !next.startsWith('+') ? { panel: next, field: undefined } : {};
}
