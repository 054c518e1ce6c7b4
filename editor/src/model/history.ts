/**
 * The document with what can be undone and redone: the one place where an operation changes anything.
 *
 * Knows no clock: the moment is an argument. Every change, undo and redo included, comes with the
 * patches that were applied, which is what autosave sends.
 */

import { type Document, naming } from './document';
import { ok, type Result } from './json';
import type { Operation } from './operation';
import { apply, type Patch, type PatchError } from './patch';
import type { Phrase } from './phrase';

/** Typing in one field within so many milliseconds is one step to undo. */
export const COALESCE_MS = 1_000;
/** How many steps can be undone. */
export const HISTORY_MAX = 500;

export interface History {
  readonly document: Document;
  /** The last one is undone first. */
  readonly undo: readonly Entry[];
  readonly redo: readonly Entry[];
}

export interface Entry {
  readonly label: Phrase;
  readonly patches: readonly Patch[];
  readonly inverse: readonly Patch[];
  readonly coalesce?: string;
  /** Milliseconds, from whatever clock the caller has. */
  readonly at: number;
}

/** A history after a change, and the patches that made it. */
export interface Changed {
  readonly history: History;
  readonly patches: readonly Patch[];
  readonly label?: Phrase;
}

export function begin(document: Document): History {
  return { document, undo: [], redo: [] };
}

/**
 * Does an operation. Before the first one, ids that the document leaves out are written down: the
 * engine makes them of places, and places are about to change.
 */
export function perform(history: History, operation: Operation, at: number): Result<Changed, PatchError> {
  if (operation.patches.length === 0) return ok({ history, patches: [] });
  const patches = [...naming(history.document), ...operation.patches];
  const applied = apply(history.document, patches);
  if (!applied.ok) return applied;
  const { document, inverse } = applied.value;
  const entry: Entry = {
    label: operation.label,
    patches,
    inverse,
    at,
    ...(operation.coalesce === undefined ? {} : { coalesce: operation.coalesce }),
  };
  const last = history.undo.at(-1);
  const undo =
    last && joins(last, entry, history)
      ? history.undo.with(-1, joined(last, entry))
      : [...history.undo, entry];
  return ok({ history: { document, undo: undo.slice(-HISTORY_MAX), redo: [] }, patches, label: entry.label });
}

function joins(last: Entry, next: Entry, history: History): boolean {
  if (next.coalesce === undefined || last.coalesce !== next.coalesce || history.redo.length > 0) return false;
  return next.at >= last.at && next.at - last.at <= COALESCE_MS;
}

function joined(last: Entry, next: Entry): Entry {
  const [before] = last.patches;
  const [after] = next.patches;
  const isTyping =
    last.patches.length === 1 &&
    next.patches.length === 1 &&
    after?.op === 'replace' &&
    before?.op !== 'remove' &&
    before?.op !== 'move' &&
    before?.path === after.path;
  // Of a word typed letter by letter only the whole word is worth keeping.
  if (isTyping && before)
    return { ...next, patches: [{ ...before, value: after.value }], inverse: last.inverse };
  return {
    ...next,
    patches: [...last.patches, ...next.patches],
    inverse: [...next.inverse, ...last.inverse],
  };
}

/** Ends the typing in a field, so that what follows is undone by itself. */
export function settle(history: History): History {
  const last = history.undo.at(-1);
  if (last?.coalesce === undefined) return history;
  const { coalesce: _, ...entry } = last;
  return { ...history, undo: history.undo.with(-1, entry) };
}

/** Undoes the last entry; `undefined` when there is none. */
export function undo(history: History): Changed | undefined {
  return swap(
    history,
    history.undo,
    (entry) => entry.inverse,
    (document, rest, entry) => ({
      document,
      undo: rest,
      redo: [...history.redo, entry],
    }),
  );
}

/** Does again what was undone last; `undefined` when there is nothing. */
export function redo(history: History): Changed | undefined {
  return swap(
    history,
    history.redo,
    (entry) => entry.patches,
    (document, rest, entry) => ({
      document,
      undo: [...history.undo, entry],
      redo: rest,
    }),
  );
}

function swap(
  history: History,
  stack: readonly Entry[],
  patchesOf: (entry: Entry) => readonly Patch[],
  next: (document: Document, rest: readonly Entry[], entry: Entry) => History,
): Changed | undefined {
  const entry = stack.at(-1);
  if (!entry) return undefined;
  const patches = patchesOf(entry);
  const applied = apply(history.document, patches);
  // Entries fit the document they were made on, and nothing else changes it; if ever one does not, it is left alone.
  if (!applied.ok) return undefined;
  const { coalesce: _, ...settled } = entry;
  return { history: next(applied.value.document, stack.slice(0, -1), settled), patches, label: entry.label };
}
