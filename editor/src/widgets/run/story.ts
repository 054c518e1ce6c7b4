/**
 * What a step of a run is told as: its tone, and why it waits, was skipped, refused or failed.
 *
 * Pure; knows the engine's blocks, never a node kind, and no language: reasons come as the server says them.
 */
import type { StepView } from '@/api/schema.gen';
import type { Tone } from '@/ui/Mark';

export const BLOCKS = [
  'action',
  'wait',
  'wait_for',
  'if',
  'switch',
  'split',
  'each',
  'parallel',
  'repeat',
  'script',
  'set',
  'call',
  'ask',
  'goto',
  'stop',
  'exit',
  'disabled',
  'listen',
] as const;
export type Block = (typeof BLOCKS)[number];

export function blockOf(kind: string): Block | undefined {
  return BLOCKS.find((block) => block === kind);
}

export const STEP_STATUSES = [
  'running',
  'waiting',
  'completed',
  'failed',
  'refused',
  'skipped',
  'retried',
  'unknown',
  'cancelled',
] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

export function stepStatus(step: { readonly status: string }): StepStatus {
  return STEP_STATUSES.find((status) => status === step.status) ?? 'unknown';
}

const STEP_TONES: Record<StepStatus, Tone> = {
  running: 'info',
  waiting: 'wait',
  completed: 'good',
  failed: 'bad',
  refused: 'wait',
  skipped: 'calm',
  retried: 'wait',
  unknown: 'bad',
  cancelled: 'calm',
};

export function stepTone(step: { readonly status: string }): Tone {
  return STEP_TONES[stepStatus(step)];
}

/** As much of a step as its reasons need: a run's, or one of a rehearsal. */
export type Told = Pick<StepView, 'status' | 'reason' | 'reason_code' | 'input' | 'output'>;

export type Why =
  | { key: 'why.until'; until: string }
  | { key: 'why.event'; events: readonly string[]; until: string | undefined }
  | { key: 'why.event_only'; events: readonly string[] }
  | { key: 'why.asked'; question: string }
  | { key: 'why.arrived'; event: string }
  | { key: 'why.unknown' }
  | { key: 'why.told'; words: string };

/** Every reason there is to tell about a step, the most telling first. */
export function whyOf(step: Told): Why[] {
  const told: Why[] = [];
  const status = stepStatus(step);
  if (status === 'unknown') told.push({ key: 'why.unknown' });
  if (status === 'waiting') told.push(...waitOf(step));
  // That nobody saw the end is what an unknown step says already.
  if (step.reason !== null && step.reason_code !== 'lost') told.push(reasonOf(step, step.reason));
  return told;
}

function waitOf(step: Told): Why[] {
  const input = step.input ?? {};
  const until = typeof input.until === 'string' ? input.until : undefined;
  if (typeof input.question === 'string') return [{ key: 'why.asked', question: input.question }];
  if (Array.isArray(input.events)) {
    const events = input.events.map(String);
    return [until === undefined ? { key: 'why.event_only', events } : { key: 'why.event', events, until }];
  }
  return until === undefined ? [] : [{ key: 'why.until', until }];
}

/** The server's sentence; an event is called what the organisation calls it. */
function reasonOf(step: Told, words: string): Why {
  const event = step.output?.type;
  if (step.reason_code === 'arrived' && typeof event === 'string') return { key: 'why.arrived', event };
  return { key: 'why.told', words };
}

/** The answers somebody can give to a question, and what their buttons say. */
export function answersOf(step: Told): ReadonlyArray<[answer: string, words: string]> {
  const answers: unknown = step.input?.answers;
  if (step.status !== 'waiting' || answers === null || typeof answers !== 'object') return [];
  return Object.entries(answers as Record<string, unknown>).map(([name, words]) => [name, String(words)]);
}

/** How long a step took, in milliseconds; `undefined` while it lasts. */
export function durationOf(step: StepView): number | undefined {
  if (step.ended_at === null) return undefined;
  return Math.max(0, new Date(step.ended_at).getTime() - new Date(step.started_at).getTime());
}
