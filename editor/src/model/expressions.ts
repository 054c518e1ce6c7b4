/**
 * Which strings of a document hold expressions, and which of those name steps: conditions are
 * expressions as they stand, any other value may hold `${ expression }`, some fields are plain words.
 *
 * Knows the fields of blocks; never a node kind.
 */

import { fromEntries, isArray, isObject, type Json } from './json';
import { piecesOf, renameReads } from './rhai';

/** Fields that are expressions as they stand. */
const CONDITIONS = new Set(['if', 'each', 'script', 'when', 'where', 'until', 'key']);
/** Fields that are never looked at as expressions. */
const WORDS = new Set(['id', 'note', 'action', 'goto', 'event', 'as', 'join', 'on_error', 'purpose']);
/** Values of nodes, workflows and people: every text inside is a template, whatever its field is called. */
const VALUES = new Set(['with', 'set', 'match', 'answers']);
/** Maps of lists by names the author chose. */
const NAMED = new Set(['paths', 'parallel', 'on']);

/** How a text is to be read. */
export type Reading = 'expression' | 'template' | 'word';

/** What a value lies in: a block's own fields, a map by the author's names, or values of a node. */
type Inside = 'block' | 'names' | 'values';

function reading(name: string, inside: Inside): Reading {
  if (inside !== 'block') return 'template';
  if (CONDITIONS.has(name)) return 'expression';
  return WORDS.has(name) ? 'word' : 'template';
}

function within(name: string, inside: Inside): Inside {
  if (inside === 'values') return 'values';
  if (inside === 'names') return 'block';
  if (VALUES.has(name)) return 'values';
  return NAMED.has(name) ? 'names' : 'block';
}

/** How the text at a pointer from a step (or from the document) is read. */
export function readingAt(names: readonly string[]): Reading {
  let inside: Inside = 'block';
  let name = '';
  for (const next of names) {
    // Positions in a list do not change what the list is.
    if (/^\d+$/.test(next) && inside !== 'names') continue;
    inside = within(name, inside);
    name = next;
  }
  return reading(name, inside);
}

/**
 * The value with the steps that its expressions and `goto`s name renamed; the same object when
 * nothing changed. Ids stay.
 */
export function renameIn(
  value: Json,
  rename: (id: string) => string | undefined,
  name = '',
  inside: Inside = 'block',
): Json {
  if (typeof value === 'string') return renameText(value, rename, name, inside);
  const inner = within(name, inside);
  if (isArray(value)) {
    const items = value.map((item) => renameIn(item, rename, isObject(item) ? '' : name, inner));
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key, renameIn(item, rename, key, inner)] as const,
  );
  return entries.every(([key, item]) => item === value[key]) ? value : fromEntries(entries);
}

function renameText(
  text: string,
  rename: (id: string) => string | undefined,
  name: string,
  inside: Inside,
): string {
  if (name === 'goto' && inside === 'block') return rename(text) ?? text;
  if (!text.includes('steps')) return text;
  switch (reading(name, inside)) {
    case 'word':
      return text;
    case 'expression':
      return renameReads(text, rename);
    case 'template':
      return piecesOf(text)
        .map((piece) => (piece.code ? renameReads(piece.text, rename) : piece.text))
        .join('');
  }
}

/** The ids of steps that the expressions and `goto`s in a value name. */
export function readsIn(value: Json): ReadonlySet<string> {
  const found = new Set<string>();
  renameIn(value, (id) => {
    found.add(id);
    return undefined;
  });
  return found;
}
