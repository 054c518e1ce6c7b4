/** Whom or what a run is about. Pure. */
import type { RunView } from '@/api/schema.gen';

/** The person's name, else the run's key; `undefined` when nothing says it. */
export function subjectOf(run: Pick<RunView, 'contact' | 'key'>): string | undefined {
  return run.contact?.name ?? (run.key || undefined);
}
