/** The tree's rows for a draft, and which row the page's current stop is. Pure but for React's memory; draws nothing. */
import { useMemo } from 'react';
import { END, type OutlineRow, outline, TRIGGER } from '@/model';
import { useDocument, useUi } from '../draft';
import { emptyStop } from '../steps/stops';

export function useRows(): readonly OutlineRow[] {
  const document = useDocument();
  const collapsed = useUi((ui) => ui.collapsed);
  return useMemo(() => outline(document, collapsed), [document, collapsed]);
}

/** What a row is called by menu, keys and panel: a step, the trigger, or a way by its list. */
export function stopOf(row: OutlineRow): string {
  return row.kind === 'way' ? emptyStop(row.path) : row.key;
}

/** The row of a stop. What has none, or is hidden in a collapsed one, is the nearest before it. */
export function rowOf(rows: readonly OutlineRow[], stop: string): OutlineRow | undefined {
  const found = rows.find((row) => stopOf(row) === stop);
  if (found) return found;
  if (stop === END) return rows.at(-1);
  return rows.find((row) => row.key === TRIGGER);
}
