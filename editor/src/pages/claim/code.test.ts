/** Holds that a code is understood as the server understands it. */
import { describe, expect, it } from 'vitest';
import { codeOf } from './code';

describe('the code of a link', () => {
  it.each([
    ['#ABCD-2345', 'ABCD-2345'],
    ['#abcd2345', 'ABCD-2345'],
    ['#A-B-C-D-2-3-4-5', 'ABCD-2345'],
    ['#ABCD-234', undefined],
    ['#ABCD-23456', undefined],
    ['#ABCD-O345', undefined],
    ['#<b>ABCD', undefined],
    ['#', undefined],
    ['', undefined],
  ])('%s is %s', (hash, code) => {
    expect(codeOf(hash)).toBe(code);
  });
});
