import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step } from './blocks';
import { diff } from './diff';
import { equal } from './json';
import { dice, edited } from './rolls.testing';
import { anyDocument, documentOf, SAMPLE } from './samples.testing';

const w = (id: string, span = '1h'): Step => ({ id, wait: { for: span } });

const CASES: readonly [string, readonly Step[], readonly Step[], readonly string[]][] = [
  ['a value', [w('a')], [w('a', '2h')], ['diff.changed a /wait/for']],
  ['a new field', [w('a')], [{ ...w('a'), note: 'x' }], ['diff.field_added a /note']],
  ['switched off', [w('a')], [{ ...w('a'), enabled: false }], ['diff.disabled a /enabled']],
  [
    'an added block with what is inside',
    [],
    [{ id: 'r', repeat: { limit: 2 }, steps: [w('a')] }],
    ['diff.added r '],
  ],
  ['a removed step', [w('a'), w('b')], [w('b')], ['diff.removed a ']],
  ['one moved step of many', [w('a'), w('b'), w('c')], [w('b'), w('c'), w('a')], ['diff.moved a ']],
  [
    'a step moved into a new block',
    [w('a')],
    [{ id: 'r', repeat: { limit: 2 }, steps: [w('a')] }],
    ['diff.added r ', 'diff.moved a '],
  ],
  [
    'a new path',
    [{ id: 's', split: { a: 1 }, paths: { a: [] } }],
    [{ id: 's', split: { a: 1, b: 1 }, paths: { a: [], b: [] } }],
    ['diff.field_added s /split/b', 'diff.way_added s /paths/b'],
  ],
  [
    'cases in another order',
    [
      {
        id: 's',
        switch: [
          { when: 'x', steps: [] },
          { when: 'y', steps: [w('a')] },
        ],
      },
    ],
    [
      {
        id: 's',
        switch: [
          { when: 'y', steps: [w('a')] },
          { when: 'x', steps: [] },
        ],
      },
    ],
    ['diff.ways_reordered s '],
  ],
  [
    'a case',
    [{ id: 's', switch: [{ when: 'x', steps: [] }] }],
    [
      {
        id: 's',
        switch: [
          { when: 'x', steps: [] },
          { when: 'y', steps: [] },
        ],
      },
    ],
    ['diff.way_added s /switch/+y'],
  ],
];

describe('diff', () => {
  it.each(CASES)('tells %s', (_, before, after, expected) => {
    const found = diff(documentOf(...before), documentOf(...after));
    expect(found.map((one) => `${one.sentence.key} ${one.step} ${one.path ?? ''}`)).toEqual(expected);
  });

  it('tells what lies before the steps', () => {
    const [change] = diff(SAMPLE, { ...SAMPLE, trigger: { event: 'x.y' }, exit: [] });
    expect(change).toMatchObject({ kind: 'header', path: '/trigger/event', to: 'x.y' });
  });

  it('is empty exactly when the documents hold the same', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(dice, { maxLength: 4 }), (before, rolls) => {
        const after = edited(before, rolls);
        expect(diff(before, after).length === 0).toBe(equal(before, after));
        expect(diff(before, JSON.parse(JSON.stringify(before)))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
