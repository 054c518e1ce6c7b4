// biome-ignore-all lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from './blocks';
import { type Document, placesOf } from './document';
import { setField } from './edit-fields';
import { equal, identical, type Json } from './json';
import { merge, type Side } from './merge';
import { apply } from './patch';
import { join } from './pointer';
import { dice, edited } from './rolls.testing';
import { anyDocument, documentOf, keysOf } from './samples.testing';

const w = (id: string, span = '1h'): Step => ({ id, wait: { for: span } });
const when = (id: string, then: readonly Step[], otherwise: readonly Step[] = []): Step => ({
  id,
  if: 'event.x',
  then,
  else: otherwise,
});

/** Ids, nested lists in brackets. */
function shape(steps: Json | undefined): string {
  if (!Array.isArray(steps)) return '';
  return steps
    .map((step: Step) => {
      const inner = ['then', 'else', 'steps']
        .map((name) => (Object.hasOwn(step, name) ? shape(step[name]) : ''))
        .filter(Boolean);
      return inner.length > 0 ? `${String(step['id'])}[${inner.join('|')}]` : String(step['id']);
    })
    .join(' ');
}

interface Case {
  readonly name: string;
  readonly base: readonly Step[];
  readonly mine: readonly Step[];
  readonly theirs: readonly Step[];
  readonly merged: string;
  readonly conflicts?: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'both add in different spots',
    base: [w('a'), w('b')],
    mine: [w('m'), w('a'), w('b')],
    theirs: [w('a'), w('b'), w('t')],
    merged: 'm a b t',
  },
  {
    name: 'both add in one spot: what is saved comes first',
    base: [w('a')],
    mine: [w('a'), w('m')],
    theirs: [w('a'), w('t')],
    merged: 'a t m',
  },
  {
    name: 'one removes, the other leaves',
    base: [w('a'), w('b')],
    mine: [w('a')],
    theirs: [w('a'), w('b'), w('t')],
    merged: 'a t',
  },
  {
    name: 'I make another block of what they move a step into',
    base: [w('a'), when('c', [])],
    mine: [w('a'), w('c')],
    theirs: [when('c', [w('a')])],
    merged: 'a c',
  },
  { name: 'both remove', base: [w('a'), w('b')], mine: [w('a')], theirs: [w('a')], merged: 'a' },
  {
    name: 'I edit what they remove',
    base: [w('a'), w('b')],
    mine: [w('a'), w('b', '2h')],
    theirs: [w('a')],
    merged: 'a b',
    conflicts: ['removed_there:b:'],
  },
  {
    name: 'they edit what I remove',
    base: [w('a'), w('b')],
    mine: [w('a')],
    theirs: [w('a'), w('b', '2h')],
    merged: 'a',
    conflicts: ['removed_here:b:'],
  },
  {
    name: 'I put a step into what they remove',
    base: [when('c', [w('a')])],
    mine: [when('c', [w('a'), w('m')])],
    theirs: [],
    merged: 'c[a m]',
    conflicts: ['removed_there:c:'],
  },
  {
    name: 'I take a step out of what they remove',
    base: [when('c', [w('a')])],
    mine: [w('a'), when('c', [])],
    theirs: [],
    merged: 'a',
    conflicts: ['removed_there:a:'],
  },
  {
    name: 'one moves in, the other edits',
    base: [w('a'), when('c', [])],
    mine: [when('c', [w('a')])],
    theirs: [w('a', '2h'), when('c', [])],
    merged: 'c[a]',
  },
  {
    name: 'both move to different lists',
    base: [w('a'), when('c', []), when('d', [])],
    mine: [when('c', [w('a')]), when('d', [])],
    theirs: [when('c', []), when('d', [w('a')])],
    merged: 'c[a] d',
    conflicts: ['place:a:'],
  },
  {
    name: 'moves into each other',
    base: [when('c', []), when('d', [])],
    mine: [when('d', [when('c', [])])],
    theirs: [when('c', [when('d', [])])],
    merged: 'd[c]',
    conflicts: ['place:d:', 'place:c:'],
  },
  {
    name: 'moves into each other, and one takes a step out of what it removes',
    base: [when('c', [when('e', [w('a')])]), when('d', [])],
    mine: [when('d', [when('c', [when('e', [w('a')])])])],
    theirs: [when('c', [w('a'), when('d', [])])],
    merged: 'd[c[a]]',
    conflicts: ['place:d:', 'place:c:'],
  },
  {
    name: 'one reorders, the other adds',
    base: [w('a'), w('b'), w('c')],
    mine: [w('c'), w('a'), w('b')],
    theirs: [w('a'), w('b'), w('t'), w('c')],
    merged: 'c a b t',
  },
  {
    name: 'both reorder',
    base: [w('a'), w('b'), w('c')],
    mine: [w('c'), w('a'), w('b')],
    theirs: [w('b'), w('a'), w('c')],
    merged: 'c a b',
    conflicts: ['order::/steps'],
  },
  {
    name: 'the same field',
    base: [w('a')],
    mine: [w('a', '2h')],
    theirs: [w('a', '3h')],
    merged: 'a',
    conflicts: ['field:a:/wait/for'],
  },
  {
    name: 'the same field to the same value',
    base: [w('a')],
    mine: [w('a', '2h')],
    theirs: [w('a', '2h')],
    merged: 'a',
  },
  {
    name: 'another block under the same id',
    base: [w('a')],
    mine: [{ id: 'a', stop: 'x' }],
    theirs: [w('a', '3h')],
    merged: 'a',
    conflicts: ['block:a:'],
  },
  {
    name: 'new steps of one id',
    base: [],
    mine: [w('n', '1h'), { id: 'g', goto: 'n' }],
    theirs: [w('n', '2h')],
    merged: 'n n_2 g',
  },
  { name: 'one new step twice', base: [], mine: [w('n')], theirs: [w('n')], merged: 'n' },
];

describe('merge', () => {
  it.each(CASES)('$name', ({ base, mine, theirs, merged, conflicts = [] }) => {
    const result = merge(documentOf(...base), documentOf(...mine), documentOf(...theirs));
    expect(shape(result.document['steps'])).toBe(merged);
    expect(result.conflicts.map((one) => one.id)).toEqual(conflicts);
    expect(result.conflicts.every((one) => one.choice === 'mine')).toBe(true);
  });

  it('does what is chosen', () => {
    const base = documentOf(w('a'), w('b'));
    const mine = documentOf(w('a', '2h'), w('b', '2h'));
    const theirs = documentOf(w('a', '3h'));
    const choices = new Map<string, Side>([
      ['field:a:/wait/for', 'theirs'],
      ['removed_there:b:', 'theirs'],
    ]);
    const result = merge(base, mine, theirs, choices);
    expect(result.document).toEqual(theirs);
    expect(result.conflicts.map((one) => one.choice)).toEqual(['theirs', 'theirs']);
  });

  it('merges cases of a switch one by one', () => {
    const cases = (...list: readonly (readonly [string, ...Step[]])[]): Document =>
      documentOf({ id: 's', switch: list.map(([condition, ...steps]) => ({ when: condition, steps })) });
    const base = cases(['x', w('a')], ['y', w('b')]);
    const mine = cases(['new', w('m')], ['x', w('a')], ['y', w('b')]);
    const theirs = cases(['x', w('a')], ['y > 1', w('b'), w('t')]);
    const result = merge(base, mine, theirs);
    expect(result.conflicts).toEqual([]);
    expect(result.document).toEqual(cases(['new', w('m')], ['x', w('a')], ['y > 1', w('b'), w('t')]));
  });

  it('with nothing done elsewhere is mine, and with nothing done here is theirs', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(dice, { maxLength: 6 }), (base, rolls) => {
        const changed = edited(base, rolls);
        for (const result of [
          merge(base, changed, base),
          merge(base, base, changed),
          merge(base, changed, changed),
        ]) {
          expect(identical(result.document, changed)).toBe(true);
          expect(result.conflicts).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('of edits to different steps does not depend on who made them', () => {
    fc.assert(
      fc.property(anyDocument, fc.nat(100), fc.nat(100), (base, one, other) => {
        const keys = keysOf(base);
        const [a, b] = [keys[one % keys.length], keys[other % keys.length]];
        fc.pre(a !== undefined && b !== undefined && a !== b);
        const change = (key: string, path: string): Document => {
          const built = setField(base, key, path, 'changed');
          const done = built.ok ? apply(base, built.value.patches) : undefined;
          return done?.ok ? done.value.document : base;
        };
        const [mine, theirs] = [change(a ?? '', '/note'), change(b ?? '', '/retry/attempts')];
        const [left, right] = [merge(base, mine, theirs), merge(base, theirs, mine)];
        expect(left.conflicts).toEqual([]);
        expect(equal(left.document, right.document)).toBe(true);
        for (const [key, path] of [
          [a, '/note'],
          [b, '/retry/attempts'],
        ] as const) {
          const place = placesOf(left.document).get(key ?? '');
          const patched = apply(left.document, [{ op: 'remove', path: join(place?.path ?? '') + path }]);
          expect(patched.ok).toBe(true);
        }
      }),
    );
  });

  it('of any edits keeps ids unique, loses nothing untouched, and can be decided either way', () => {
    fc.assert(
      fc.property(
        anyDocument,
        fc.array(dice, { maxLength: 5 }),
        fc.array(dice, { maxLength: 5 }),
        (base, left, right) => {
          const [mine, theirs] = [edited(base, left), edited(base, right)];
          const result = merge(base, mine, theirs);
          const keys = keysOf(result.document);
          expect(keys.filter((key) => key.includes('#'))).toEqual([]);
          for (const key of keysOf(base)) {
            if (placesOf(mine).has(key) && placesOf(theirs).has(key))
              expect(result.renamed.has(key) || keys.includes(key)).toBe(true);
          }
          const choices = new Map(result.conflicts.map((one) => [one.id, 'theirs' as const]));
          const other = merge(base, mine, theirs, choices);
          expect(other.conflicts.every((one) => one.choice === 'theirs' || !choices.has(one.id))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
