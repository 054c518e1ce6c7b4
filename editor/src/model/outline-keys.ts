/**
 * What a key does in the outline, as the ARIA practices have it for trees.
 *
 * A pure function of the visible rows: no DOM, no timer; the text typed so far is an argument.
 */

import type { OutlineRow } from './outline';

export type OutlineMove =
  | { readonly kind: 'focus'; readonly key: string }
  | { readonly kind: 'expand'; readonly keys: readonly string[] }
  | { readonly kind: 'collapse'; readonly keys: readonly string[] };

/** What an arrow, `Home`, `End` or `*` does on the row; `undefined` when it does nothing. */
export function pressed(rows: readonly OutlineRow[], current: string, key: string): OutlineMove | undefined {
  const at = rows.findIndex((row) => row.key === current);
  const row = rows[at];
  if (!row) return focus(rows[0]);
  switch (key) {
    case 'ArrowDown':
      return focus(rows[at + 1]);
    case 'ArrowUp':
      return focus(rows[at - 1]);
    case 'Home':
      return focus(rows[0]);
    case 'End':
      return focus(rows.at(-1));
    case 'ArrowRight':
      if (!row.expandable) return undefined;
      return row.expanded ? focus(rows[at + 1]) : { kind: 'expand', keys: [row.key] };
    case 'ArrowLeft':
      if (row.expanded) return { kind: 'collapse', keys: [row.key] };
      return focus(rows.find((other) => other.key === row.parent));
    case '*': {
      const closed = rows.filter(
        (other) => other.parent === row.parent && other.expandable && !other.expanded,
      );
      return closed.length === 0 ? undefined : { kind: 'expand', keys: closed.map((other) => other.key) };
    }
    default:
      return undefined;
  }
}

function focus(row: OutlineRow | undefined): OutlineMove | undefined {
  return row && { kind: 'focus', key: row.key };
}

/**
 * The row whose words begin with what was typed, from the current one on and round. One letter typed
 * again and again goes from row to row.
 */
export function typed(
  rows: readonly OutlineRow[],
  current: string,
  text: string,
  wordsOf: (row: OutlineRow) => string,
): OutlineMove | undefined {
  const wanted = plain(text);
  if (wanted === '') return undefined;
  const isRepeated = [...wanted].every((c) => c === wanted[0]);
  const begin = isRepeated ? (wanted[0] ?? '') : wanted;
  const at = Math.max(
    0,
    rows.findIndex((row) => row.key === current),
  );
  // A longer word may still mean the row one stands on.
  const from = isRepeated ? at + 1 : at;
  const order = [...rows.slice(from), ...rows.slice(0, from)];
  return focus(order.find((row) => plain(wordsOf(row)).startsWith(begin)));
}

/** Letters without case and accents. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .trimStart();
}
