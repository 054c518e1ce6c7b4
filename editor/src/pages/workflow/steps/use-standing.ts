/** Keeps the keyboard on something that is there: an undo may take the card away on which it stood. Draws nothing. */
import { useEffect } from 'react';
import { useDraftParts } from '../draft';
import { goTo } from '../ui';
import { exists, standable } from './stops';

export function useStanding(): void {
  const { session, ui } = useDraftParts();
  useEffect(
    () =>
      session.store.subscribe(() => {
        const { document: draft } = session;
        const { current } = ui.get();
        if (exists(draft, current)) return;
        const stop = standable(draft, current);
        // Whoever is busy elsewhere keeps the focus there.
        const wasHere =
          document.activeElement?.closest('[data-stop]') != null || document.activeElement === document.body;
        if (wasHere) goTo(ui, stop);
        else ui.set({ current: stop, selected: new Set([stop]) });
      }),
    [session, ui],
  );
}
