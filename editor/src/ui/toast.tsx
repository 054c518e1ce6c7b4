/** A short word that something worked, read aloud and gone by itself. Knows no deed. */
import { useEffect, useSyncExternalStore } from 'react';
import classes from './toast.module.css';

const STAYS_MS = 4500;
let current: { text: string; number: number } | undefined;
const listeners = new Set<() => void>();

function set(next: typeof current): void {
  current = next;
  for (const listener of listeners) listener();
}

/** Says it; the word before makes room. */
export function toast(text: string): void {
  set({ text, number: (current?.number ?? 0) + 1 });
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
  useEffect(() => {
    if (shown === undefined) return;
    const timer = setTimeout(() => set(undefined), STAYS_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div className={classes.place} role="status" aria-live="polite">
      {shown !== undefined && (
        <p key={shown.number} className={classes.toast}>
          {shown.text}
        </p>
      )}
    </div>
  );
}
