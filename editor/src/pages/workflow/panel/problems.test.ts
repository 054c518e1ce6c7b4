/** Holds where problems are shown: at the field they name, and never lost. */
import { describe, expect, it } from 'vitest';
import type { Problem } from '../session/parts';
import { fieldOf, problemsAt } from './problems';

const problem = (code: string, path: string, message = ''): Problem => ({
  code,
  severity: 'error',
  path,
  line: 1,
  column: 1,
  message,
  hint: '',
});

describe('a problem', () => {
  it('is at the field that is missing, not at the map it is missing in', () => {
    const missing = problem('missing_parameter', '/steps/0/with', 'Falta el parámetro `to` de `a.b`.');
    expect(fieldOf(missing)).toBe('/steps/0/with/to');
    expect(fieldOf(problem('missing_field', '/goal', 'Falta `within`.'))).toBe('/goal/within');
    expect(fieldOf(problem('send_without_consent', '/steps/0/action'))).toBe('/steps/0/purpose');
    expect(fieldOf(problem('bad_duration', '/goal/within', '`1x`'))).toBe('/goal/within');
  });

  it('belongs to the innermost step alone', () => {
    const all = [
      problem('a', '/steps/1/if'),
      problem('b', '/steps/1/then/0/with'),
      problem('c', '/steps/10/if'),
      problem('d', '/steps/1'),
    ];
    const shown = problemsAt(all, '/steps/1', ['/steps/1/then', '/steps/1/else']);
    expect(shown.map(({ path }) => path)).toEqual(['/steps/1/if', '/steps/1']);
  });
});
