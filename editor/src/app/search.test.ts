/** Holds how addresses are read. */
import { describe, expect, it } from 'vitest';
import { runsSearch, textSearch, workflowSearch } from './search';

describe('an address', () => {
  it('keeps what is known and drops the rest', () => {
    expect(runsSearch({ status: 'failed', q: 12, workflow: '', other: 'x' })).toEqual({
      status: 'failed',
      q: '12',
    });
    expect(runsSearch({ status: 'perfect' })).toEqual({});
    expect(textSearch({ q: ['a'] }, 'q')).toBeUndefined();
    expect(workflowSearch({ run: 'r-1', view: 'x' })).toEqual({ run: 'r-1' });
  });
});
