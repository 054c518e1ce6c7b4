/** Holds that a preview is asked with what its source names, and no more. */
import { describe, expect, it } from 'vitest';
import { needed } from './use-preview';

const TRIAL = {
  event: { total: 1 },
  contact: { first_name: 'Ana' },
  steps: { find: { code: 'a' }, other: { code: 'b' } },
  item: 'x',
};

describe('what a preview is asked with', () => {
  it('are the roots and steps its source names', () => {
    expect(needed('expression', 'event.total > 1', TRIAL)).toEqual({ event: { total: 1 } });
    expect(needed('template', 'Hola ${contact.first_name}: ${steps.find.code}', TRIAL)).toEqual({
      contact: { first_name: 'Ana' },
      steps: { find: { code: 'a' } },
    });
    expect(needed('expression', 'steps["other"].code + item', TRIAL)).toEqual({
      steps: { other: { code: 'b' } },
      item: 'x',
    });
    expect(needed('script', 'let a = `${item}`;\nsteps.find.code + a', TRIAL)).toEqual({
      steps: { find: { code: 'a' } },
      item: 'x',
    });
    expect(needed('expression', '1 + 1', TRIAL)).toEqual({});
  });
});
