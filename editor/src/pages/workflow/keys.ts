/** The keys that hold everywhere on the page: undo, redo, save now, find. Knows the draft; never a card. */
import { useEffect } from 'react';
import { useDraftParts, useReadOnly } from './draft';

export function useShortcuts(): void {
  const { session, ui } = useDraftParts();
  const readOnly = useReadOnly();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
      // In a dialog, undo is about what is being typed there.
      if ((event.target as Element | null)?.closest?.('[role=dialog], [role=combobox]')) return;
      const key = event.key.toLowerCase();
      const isUndo = key === 'z' && !event.shiftKey;
      const isRedo = (key === 'z' && event.shiftKey) || key === 'y';
      if ((isUndo || isRedo) && !readOnly) isUndo ? session.undo() : session.redo();
      else if (key === 's') void session.flush();
      else if (key === 'f' && !event.shiftKey && ui.get().view === 'canvas') ui.set({ finding: true });
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [session, ui, readOnly]);
}
