/**
 * What a step of a run is told as: its tone, and why it waits, was skipped, refused or failed, as a key of a text.
 *
 * Pure; knows the engine's blocks and the general reasons of refusals, never a node kind, and no language.
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
export type Told = Pick<StepView, 'status' | 'reason' | 'input' | 'output'>;

/** Reasons every channel shares; what a vendor says of its own comes as its own words. */
const REFUSALS = [
  'no_consent',
  'consent_revoked',
  'suppressed',
  'no_address',
  'exhausted',
  'timeout',
] as const;
type Refusal = (typeof REFUSALS)[number];

export type Why =
  | { key: 'why.until'; until: string }
  | { key: 'why.event'; events: readonly string[]; until: string | undefined }
  | { key: 'why.event_only'; events: readonly string[] }
  | { key: 'why.asked'; question: string }
  | { key: 'why.disabled' }
  | { key: 'why.window' }
  | { key: 'why.arrived'; event: string }
  | { key: 'why.again'; detail: string; span: string }
  | { key: `refusal.${Refusal}` }
  | { key: 'why.unknown' }
  | { key: 'why.raw'; reason: string };

/** Every reason there is to tell about a step, the most telling first. */
export function whyOf(step: Told): Why[] {
  const told: Why[] = [];
  const status = stepStatus(step);
  if (status === 'unknown') told.push({ key: 'why.unknown' });
  if (status === 'waiting') told.push(...waitOf(step));
  const refusal = refusalOf(step);
  if (refusal !== undefined) told.push({ key: `refusal.${refusal}` });
  else if (step.reason !== null) told.push(reasonOf(step.reason));
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

function refusalOf(step: Told): Refusal | undefined {
  const error: unknown = step.output?.error;
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : error;
  return REFUSALS.find((known) => known === code);
}

function reasonOf(reason: string): Why {
  if (reason === 'disabled') return { key: 'why.disabled' };
  if (reason === 'outside the allowed window') return { key: 'why.window' };
  const arrived = /^(\S+) arrived$/.exec(reason);
  if (arrived?.[1] !== undefined) return { key: 'why.arrived', event: arrived[1] };
  const again = /^(.*); tried again in (\S+)$/s.exec(reason);
  if (again?.[1] !== undefined && again[2] !== undefined) {
    return { key: 'why.again', detail: again[1], span: again[2] };
  }
  return { key: 'why.raw', reason };
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
