/** Holds that a text follows its document without losing comments, and changes line by line. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equal, type Json, readText, writeText } from '@/model';
import { changesBetween } from './lines';
import { retext } from './retext';

const TEXT = `# A flow.
operandi: 1
name: Carts # ours

steps:
  # Be patient.
  - id: patience
    wait: { for: 1h } # not less
  # Until next time.
  - id: bye
    stop: done
`;

function meant(text: string): Json {
  const read = readText(text);
  if (!read.ok) throw new Error(read.error[0]?.message);
  return read.value;
}

describe('a text that follows a document', () => {
  const before = meant(TEXT) as { steps: Json[] } & Record<string, Json>;

  it('keeps its comments', () => {
    const after = { ...before, steps: [{ id: 'patience', wait: { for: '2h' } }, before.steps[1] ?? null] };
    expect(retext(TEXT, after)).toBe(TEXT.replace('1h', '2h'));
  });

  it('takes comments along with a step that moves', () => {
    const after = { ...before, steps: [...before.steps].reverse() };
    const text = retext(TEXT, after);
    expect(meant(text)).toEqual(after);
    expect(text.indexOf('# Until next time.')).toBeLessThan(text.indexOf('bye'));
    expect(text.indexOf('bye')).toBeLessThan(text.indexOf('patience'));
  });

  it('keeps lists where they stand', () => {
    const flat = 'steps:\n- id: a\n  stop: x\n';
    expect(retext(flat, { steps: [{ id: 'a', stop: 'late' }] })).toBe('steps:\n- id: a\n  stop: late\n');
  });

  it('stays JSON when it is JSON', () => {
    expect(JSON.parse(retext('{"a": 1}', { a: 2 }))).toEqual({ a: 2 });
  });

  it('says what it should, whatever it said before', () => {
    const value = fc.jsonValue({ maxDepth: 4 }).map((json) => JSON.parse(JSON.stringify(json)) as Json);
    fc.assert(
      fc.property(value, value, (one, other) => {
        const read = readText(retext(writeText(one), other));
        return read.ok && equal(read.value, other);
      }),
      { numRuns: 200 },
    );
  }, 30_000);
});

describe('the changes between two texts', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd: 1', '', '  - x'), { maxLength: 30 })
    .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));

  it('make the one into the other', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        let made = one;
        for (const change of [...changesBetween(one, other)].reverse()) {
          made = made.slice(0, change.from) + change.insert + made.slice(change.to);
        }
        return made === other;
      }),
    );
  });

  it('leave alone what stays', () => {
    expect(changesBetween('a\nb\nc\nd\n', 'a\nx\nc\ny\n')).toEqual([
      { from: 2, to: 4, insert: 'x\n' },
      { from: 6, to: 8, insert: 'y\n' },
    ]);
  });
});
