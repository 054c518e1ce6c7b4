/** Holds durations: what is written is read back, and only what the engine reads is read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitOf } from '@/widgets/form/basic/units';
import { formatSpan, parseSpan } from './duration';

describe('a duration', () => {
  it('is read as the engine reads it', () => {
    const table: Array<[string, number | undefined]> = [
      ['90s', 90_000],
      ['1h30m', 5_400_000],
      ['1h 30m', 5_400_000],
      ['2w', 1_209_600_000],
      ['500ms', 500],
      ['', undefined],
      ['1', undefined],
      ['h', undefined],
      ['1H', undefined],
      ['1h1h', undefined],
      ['1.5h', undefined],
      ['${inputs.patience}', undefined],
    ];
    for (const [text, ms] of table) expect(parseSpan(text), text).toBe(ms);
  });

  it('is read back as it was written', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 10 ** 11 }), (ms) => parseSpan(formatSpan(ms)) === ms));
  });

  it('is told in the largest unit that fits', () => {
    expect([90_000, 3_600_000, 172_800_000, 5_400_000, 1500].map(unitOf)).toEqual([
      's',
      'h',
      'd',
      'm',
      undefined,
    ]);
  });
});
