/** The keyboard of the tree, as the ARIA practices have it, and every deed by its key. Knows rows; never how they look. */
import { useCallback, useRef } from 'react';
import { type OutlineRow, pressed, typed } from '@/model';
import { useDraftParts } from '../draft';
import { useDeeds } from '../steps/deeds';
import { endSelecting, extend, meant, selectAll } from '../steps/selection';
import { slotOf } from '../steps/stops';
import { useCommandKeys } from '../steps/use-commands';
import { goTo, standOn } from '../ui';
import { rowOf, stopOf } from './rows';

/** Letters that follow each other so closely are one word. */
const TYPING_MS = 700;

export function useTreeKeys(rows: readonly OutlineRow[], wordsOf: (row: OutlineRow) => string) {
  const { session, ui } = useDraftParts();
  const deeds = useDeeds();
  const runs = useCommandKeys();
  const typing = useRef({ text: '', at: 0 });
  const latest = useRef({ rows, wordsOf });
  latest.current = { rows, wordsOf };

  const onKeyDown = useCallback(
    (event: React.KeyboardEvent<HTMLElement>) => {
      const target = event.target as HTMLElement;
      if (event.defaultPrevented) return;
      const isButton = target.closest('button') !== null;
      if (isButton && (event.key === 'Enter' || event.key === ' ')) return;
      const { rows: all, wordsOf: words } = latest.current;
      const row = rowOf(all, ui.get().current);
      if (!row) return;
      const stop = stopOf(row);
      const bare = !event.ctrlKey && !event.metaKey && !event.altKey;
      const move = bare ? pressed(all, row.key, event.key) : undefined;
      const go = (key: string) => {
        const to = all.find((one) => one.key === key);
        if (!to) return;
        const next = stopOf(to);
        if (event.shiftKey && event.key.startsWith('Arrow')) {
          extend(ui, next);
          ui.set({ reveal: ui.get().reveal + 1 });
        } else goTo(ui, next);
      };
      if (move?.kind === 'focus') go(move.key);
      else if (move) {
        const collapsed = new Set(ui.get().collapsed);
        for (const key of move.keys) {
          if (move.kind === 'collapse') collapsed.add(key);
          else collapsed.delete(key);
        }
        ui.set({ collapsed });
      } else if (event.key === 'Escape') {
        if (ui.get().panel !== undefined) goTo(ui, stop, { panel: undefined });
        else if (ui.get().selecting) endSelecting(ui);
        else ui.set({ selected: new Set([stop]) });
      } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
        selectAll(session.document, ui, stop);
      } else if (event.ctrlKey && event.key === ' ') standOn(ui, stop, true);
      else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
        const box = target.getBoundingClientRect();
        ui.set({ menu: { key: stop, x: box.left + 48, y: box.bottom } });
      } else if (runs(event.nativeEvent, stop)) {
        // Done.
      } else if (bare && event.key.length === 1 && event.key !== ' ') {
        const now = event.timeStamp;
        const text = now - typing.current.at < TYPING_MS ? typing.current.text + event.key : event.key;
        typing.current = { text, at: now };
        const found = typed(all, row.key, text, words);
        if (found?.kind === 'focus') go(found.key);
      } else return;
      event.preventDefault();
    },
    [session, ui, runs],
  );

  const clip = useCallback(
    (event: React.ClipboardEvent) => {
      const row = rowOf(latest.current.rows, ui.get().current);
      if (!row) return;
      const stop = stopOf(row);
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
  return { onKeyDown, onCopy: clip, onCut: clip, onPaste: clip };
}
