/**
 * The checker's problems at the fields they name.
 *
 * What is missing is told at the map it is missing in; here it goes to the field of its name. Pure.
 */
import type { FieldError } from '@/api/schema.gen';
import { isWithin, join } from '@/model';
import type { Problem } from '../session/parts';

const MISSING = new Set(['missing_parameter', 'missing_field']);
/** A send without a purpose is told at the action's name; what is missing is the purpose. */
const UNPERMITTED = 'send_without_consent';

/** Where in the document the field is that a problem is about. */
export function fieldOf(problem: Problem): string {
  if (problem.code === UNPERMITTED) return problem.path.replace(/\/action$/, '/purpose');
  if (!MISSING.has(problem.code)) return problem.path;
  const name = /`([^`]+)`/.exec(problem.message)?.[1];
  return name === undefined ? problem.path : join(problem.path, name);
}

export interface PlacedProblem extends FieldError {
  readonly severity: string;
}

/** The problems at or below a pointer, each with the pointer of its field; `skip` are pointers of other panels. */
export function problemsAt(
  problems: readonly Problem[],
  base: string,
  skip: readonly string[] = [],
): readonly PlacedProblem[] {
  return problems
    .filter(({ path }) => isWithin(path, base) && !skip.some((other) => isWithin(path, other)))
    .map((problem) => ({
      path: fieldOf(problem),
      message: problem.message,
      hint: problem.hint === '' ? null : problem.hint,
      severity: problem.severity,
    }));
}
