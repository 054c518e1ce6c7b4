/**
 * What would be published, for people: differences with words for their fields and values, marks for the cards.
 *
 * Pure but for the words, which are given; knows no node kind.
 */
import {
  type Catalog,
  type Difference,
  type Document,
  field,
  isArray,
  isObject,
  type Json,
  objectAt,
  placeOf,
  placesOf,
  split,
  textAt,
} from '@/model';
import type { Chip, Marks } from '../overlay/store';

/** The most letters of a value in a sentence. */
const SHOWN_MAX = 80;

/** The words for a field: by the node's schema, else by our texts, else as it is written. */
export function fieldWords(
  difference: Difference,
  documents: readonly Document[],
  catalog: Catalog,
  words: { readonly local: (texts: Json | undefined) => string | undefined; known(name: string): string },
): string {
  const names = split(difference.path ?? '') ?? [];
  const [first, second] = names;
  const kind = documents
    .map((document) =>
      difference.step === undefined ? undefined : textAt(placeOf(document, difference.step)?.step, 'action'),
    )
    .find((found) => found !== undefined);
  if (first === 'with' && second !== undefined && kind !== undefined) {
    const spec = Object.hasOwn(catalog.nodes, kind) ? catalog.nodes[kind] : undefined;
    const title = words.local(field(field(objectAt(spec?.params, 'properties'), second), 'x-titles'));
    return [title ?? second, ...names.slice(2).map(words.known)].join(' › ');
  }
  return names
    .filter((name) => !/^\d+$/.test(name))
    .map(words.known)
    .join(' › ');
}

/** A value short enough for a sentence. */
export function shownValue(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = isObject(value) || isArray(value) ? JSON.stringify(value) : String(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text;
}

export interface ChangeWords {
  readonly added: string;
  readonly moved: string;
  readonly off: string;
  readonly on: string;
  changed(fields: readonly string[]): string;
}

/** What each card of the draft is, beside the live version. */
export function changeMarks(
  live: Document | undefined,
  draft: Document,
  differences: readonly Difference[],
  fieldOf: (difference: Difference) => string,
  words: ChangeWords,
): Marks {
  const marks = new Map<string, readonly Chip[]>();
  const before = live && placesOf(live);
  for (const key of placesOf(draft).keys()) {
    if (!before?.has(key)) marks.set(key, [{ tone: 'good', words: words.added }]);
  }
  const changed = new Map<string, Difference[]>();
  for (const difference of differences) {
    const { kind, step } = difference;
    if (step === undefined || kind === 'added' || kind === 'removed') continue;
    changed.set(step, [...(changed.get(step) ?? []), difference]);
  }
  for (const [key, own] of changed) {
    if (marks.has(key)) continue;
    const chips: Chip[] = [];
    if (own.some(({ kind }) => kind === 'moved')) chips.push({ tone: 'wait', words: words.moved });
    for (const [sentence, word] of [
      ['diff.disabled', words.off],
      ['diff.enabled', words.on],
    ] as const) {
      if (own.some((one) => one.sentence.key === sentence)) chips.push({ tone: 'calm', words: word });
    }
    const fields = own.filter(
      ({ kind, sentence }) =>
        kind === 'changed' && sentence.key !== 'diff.disabled' && sentence.key !== 'diff.enabled',
    );
    if (fields.length > 0)
      chips.push({ tone: 'info', words: words.changed([...new Set(fields.map(fieldOf))]) });
    marks.set(key, chips);
  }
  return marks;
}
