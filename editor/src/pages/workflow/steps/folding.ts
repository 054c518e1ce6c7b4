/** Folding and unfolding all blocks at once. Pure but for what it reads of the page's state; draws nothing. */
import { type Document, ownerOf, placeOf, placesOf, TRIGGER, waysOf } from '@/model';
import type { Ui, UiState } from '../ui';
import { standable } from './stops';

interface Seen {
  readonly document: Document;
  readonly ui: Ui;
}

export function blocksOf(document: Document): readonly string[] {
  return [...placesOf(document)].flatMap(([key, { step }]) => (waysOf(step).length > 0 ? [key] : []));
}

export function isAnythingOpen({ document, ui }: Seen): boolean {
  const { collapsed } = ui.get();
  return blocksOf(document).some((key) => !collapsed.has(key));
}

export function isAnythingFolded({ ui }: Pick<Seen, 'ui'>): boolean {
  return ui.get().collapsed.size > 0;
}

/** Whoever stood inside a block stands on the outermost one around it. */
export function allFolded(document: Document, ui: Ui): Partial<UiState> {
  const current = outermost(document, ui.get().current);
  return { collapsed: new Set(blocksOf(document)), current, selected: new Set([current]) };
}

export const allUnfolded: Partial<UiState> = { collapsed: new Set() };

function outermost(document: Document, current: string): string {
  const stop = standable(document, current);
  let found = stop.startsWith('+') ? (ownerOf(document, stop.slice(1)) ?? TRIGGER) : stop;
  for (let at = placeOf(document, found); at?.parent; at = placeOf(document, found)) found = at.parent.key;
  return found;
}
