/** Holds how addresses are read. */
import { describe, expect, it } from 'vitest';
import { runsSearch, textSearch } from './search';

describe('an address', () => {
  it('keeps what is known and drops the rest', () => {
    expect(runsSearch({ status: 'failed', key: 12, workflow: '', other: 'x' })).toEqual({
      status: 'failed',
      key: '12',
    });
    expect(runsSearch({ status: 'perfect' })).toEqual({});
    expect(textSearch({ q: ['a'] }, 'q')).toBeUndefined();
  });
});
