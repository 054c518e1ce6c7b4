import { describe, expect, it } from 'vitest';
import { channelsOf, priceOf } from './prices';

describe('a price', () => {
  it.each([
    ['', ''],
    [' 60 ', '60'],
    ['60,5', '60.5'],
    ['0.0615', '0.0615'],
    ['1.000,50', undefined],
    ['-1', undefined],
    ['gratis', undefined],
    ['1.1234567', undefined],
  ])('%j is stored as %j', (text, stored) => {
    expect(priceOf(text)).toBe(stored);
  });

  it('is asked for each channel once', () => {
    const nodes = { 'b.one': { sends: true }, 'b.two': { sends: true }, 'a.x': { sends: true }, log: {} };
    expect(channelsOf(nodes)).toEqual(['a', 'b']);
  });
});
