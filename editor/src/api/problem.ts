/**
 * What can go wrong when the server is asked, as one error type that the whole app shows by one component.
 *
 * Knows the shape of problem+json and never a page, a sentence or a language.
 */
import type { FieldError, Problem, ProblemReport } from './schema.gen';

/** Where the fault lies, which decides what a person can do about it. */
export type FaultKind = 'away' | 'refused' | 'broken';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly kind: FaultKind;
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The stable word to branch on; `away` when no answer came. */
  readonly code: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[];
  readonly problems: readonly ProblemReport[];
  readonly requestId: string | undefined;
  /** After how many seconds it may be tried again. */
  readonly retryAfter: number | undefined;

  constructor(problem: Partial<Problem> & { status: number }, retryAfter?: number, cause?: unknown) {
    super(problem.detail ?? problem.title ?? problem.code ?? 'away', { cause });
    this.status = problem.status;
    this.code = problem.code ?? (problem.status === 0 ? 'away' : 'unreadable');
    this.kind = kindOf(problem.status);
    this.detail = problem.detail ?? undefined;
    this.errors = problem.errors ?? [];
    this.problems = (problem.problems ?? []) as unknown as readonly ProblemReport[];
    this.requestId = problem.request_id;
    this.retryAfter = retryAfter;
  }
}

function kindOf(status: number): FaultKind {
  // A proxy in front of a server that is gone answers 502 to 504; 503 with a problem is our own database.
  if (status === 0 || status === 502 || status === 504) return 'away';
  return status >= 500 ? 'broken' : 'refused';
}

/** Reads the error of an answer that is not a success, whatever its body is. */
export async function readProblem(response: Response): Promise<ApiError> {
  const after = Number(response.headers.get('retry-after'));
  const retryAfter = Number.isFinite(after) && after > 0 ? after : undefined;
  const isProblem = response.headers.get('content-type')?.includes('json') === true;
  const body: unknown = isProblem ? await response.json().catch(() => null) : null;
  const problem = body !== null && typeof body === 'object' ? (body as Partial<Problem>) : {};
  return new ApiError({ ...problem, status: response.status }, retryAfter);
}

/** Whatever was thrown, as an error that can be shown. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  // A part of the app that cannot be loaded is a server that is away.
  if (thrown instanceof TypeError && /dynamically imported|Importing a module/.test(thrown.message)) {
    return new ApiError({ status: 0 }, undefined, thrown);
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiError({ status: 500, code: 'client', detail: message }, undefined, thrown);
}

/** The message for one field of what was sent, such as `settings.base_url`. */
export function fieldError(error: ApiError | null, path: string): FieldError | undefined {
  return error?.errors.find((found) => found.path === path);
}
