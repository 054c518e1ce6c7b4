/** Holds the builder's reading of conditions: what it shows is what is written, and it never shows half of one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPARISONS, type Group, type Operand, type Rule, readCondition, writeCondition } from './condition';

const path = fc.constantFrom(
  'event.total',
  'steps.answer.timed_out',
  'inputs.minimum',
  'event["a b"]',
  'vars.x',
);
const operand: fc.Arbitrary<Operand> = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'aZ9 é"\\()&|!') }).map((text) => ({ kind: 'text' as const, text })),
  fc.integer().map((value) => ({ kind: 'number' as const, source: String(value) })),
  fc.constant({ kind: 'number' as const, source: '0.50' }),
  fc.boolean().map((value) => ({ kind: 'boolean' as const, value })),
  path.map((one) => ({ kind: 'path' as const, path: one })),
);
const rule: fc.Arbitrary<Rule> = fc
  .tuple(path, fc.constantFrom(...COMPARISONS), operand)
  .map(([one, comparison, value]) =>
    ['exists', 'missing', 'is_true', 'is_false'].includes(comparison)
      ? { path: one, comparison }
      : { path: one, comparison, value },
  );
const other = (join: Group['join']) => (join === 'and' ? 'or' : 'and');
const group: fc.Arbitrary<Group> = fc.constantFrom<Group['join'][]>('and', 'or').chain((join) =>
  fc
    .array(
      fc.oneof(
        rule,
        fc.array(rule, { minLength: 2, maxLength: 3 }).map((items): Group => ({ join: other(join), items })),
      ),
      { minLength: 2, maxLength: 4 },
    )
    .map((items) => ({ join, items })),
);

describe('a condition', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(group, (one) => {
        expect(readCondition(writeCondition(one))).toEqual(one);
      }),
    );
    fc.assert(
      fc.property(rule, (one) => {
        const alone: Group = { join: 'and', items: [one] };
        expect(readCondition(writeCondition(alone))).toEqual(alone);
      }),
    );
  });

  it('says the same in the same words', () => {
    const sources = [
      'event.status == "open" && event.total > inputs.minimum && event.contact != ()',
      'event.total >= 100.50 || (event.vip && !contact.suppressed)',
      '!contact.tags.contains("vip")',
      'steps.answer.event.text.starts_with("si")',
      '',
    ];
    for (const source of sources) {
      const read = readCondition(source);
      expect(read, source).toBeDefined();
      if (read) expect(writeCondition(read)).toBe(source);
    }
  });

  it('stays an expression when anything in it is not a comparison', () => {
    const sources = [
      'event.total + 1 > 2',
      'lower(event.name) == "ana"',
      'event.items.len() > 0',
      'event.status in ["a", "b"]',
      'if a { b } else { c }',
      'a == 1 == 2',
      'a &&',
      '(a',
      'a b',
      '1 < event.total',
      'a && (b || (c && (d || e)))',
      '"x',
      'event.total > ()',
    ];
    for (const source of sources) expect(readCondition(source), source).toBeUndefined();
  });

  it('leaves rows out that are not whole', () => {
    const rows: Group = {
      join: 'and',
      items: [
        { path: '', comparison: 'eq' },
        { path: 'event.a', comparison: 'gt', value: { kind: 'number', source: '' } },
        { path: 'event.b', comparison: 'exists' },
      ],
    };
    expect(writeCondition(rows)).toBe('event.b != ()');
  });
});
