import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRIGGER } from './layout-types';
import { outline, rowsAround } from './outline';
import { pressed, typed } from './outline-keys';
import { anyDocument, keysOf, SAMPLE } from './samples.testing';

describe('outline', () => {
  it('lists every visible step exactly once, in the order of the text', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(fc.nat(60), { maxLength: 4 }), (document, chosen) => {
        const all = outline(document);
        expect(all.filter((row) => row.kind === 'step').map((row) => row.key)).toEqual(keysOf(document));
        const collapsed = new Set(chosen.flatMap((at) => all[at]?.key ?? []));
        const visible = all.filter(
          (row) => !rowsAround(all, row.key).some((around) => collapsed.has(around)),
        );
        expect(outline(document, collapsed).map((row) => row.key)).toEqual(visible.map((row) => row.key));
      }),
    );
  });

  it('counts positions and sizes of every set', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const rows = outline(document);
        expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
        for (const row of rows) {
          const set = rows.filter((other) => other.parent === row.parent);
          expect(row.setSize).toBe(set.length);
          expect(set[row.position - 1]?.key).toBe(row.key);
          expect(row.level).toBe(1 + rowsAround(rows, row.key).length);
        }
      }),
    );
  });

  it('says where a new step goes', () => {
    const rows = outline(SAMPLE);
    const insert = (key: string) => rows.find((row) => row.key === key)?.insert;
    expect(insert(TRIGGER)).toEqual({ list: '/steps', index: 0 });
    expect(insert('answer')).toEqual({ list: '/steps', index: 3 });
    expect(insert('test/paths/b')).toEqual({ list: '/steps/2/on_timeout/0/paths/b', index: 0 });
  });
});

describe('keys', () => {
  const rows = outline(SAMPLE);
  const words = (row: (typeof rows)[number]) => row.key;

  it.each([
    ['patience', 'ArrowDown', { kind: 'focus', key: 'reminder' }],
    ['reminder', 'ArrowUp', { kind: 'focus', key: 'patience' }],
    ['reminder', 'ArrowRight', { kind: 'focus', key: 'reminder/fallback' }],
    ['patience', 'ArrowRight', undefined],
    ['reminder', 'ArrowLeft', { kind: 'collapse', keys: ['reminder'] }],
    ['unreachable', 'ArrowLeft', { kind: 'focus', key: 'reminder/fallback' }],
    ['patience', 'ArrowLeft', undefined],
    ['known', 'Home', { kind: 'focus', key: TRIGGER }],
    ['known', 'End', { kind: 'focus', key: 'served' }],
    ['served', 'ArrowDown', undefined],
    ['gone', 'ArrowDown', { kind: 'focus', key: TRIGGER }],
    ['known', 'x', undefined],
  ] as const)('on %s, %s', (current, key, move) => {
    expect(pressed(rows, current, key)).toEqual(move);
  });

  it('open what is closed', () => {
    const closed = outline(SAMPLE, new Set(['reminder', 'answer']));
    expect(pressed(closed, 'reminder', 'ArrowRight')).toEqual({ kind: 'expand', keys: ['reminder'] });
    expect(pressed(closed, 'patience', '*')).toEqual({ kind: 'expand', keys: ['reminder', 'answer'] });
  });

  it.each([
    ['patience', 'a', 'answer'],
    ['answer', 'a', 'answer/on_timeout'],
    ['again', 'aa', 'answer'],
    ['patience', 'th', 'thanks'],
    ['thanks', 'THA', 'thanks'],
    ['patience', 'zz', undefined],
  ])('typed on %s: %s', (current, text, key) => {
    const move = typed(rows, current, text, words);
    expect(move?.kind === 'focus' ? move.key : undefined).toBe(key);
  });
});
