/** Rehearsals as the server plays them: nothing is stored and nothing leaves. Knows addresses and shapes only. */
import type { Json } from '@/model';
import type { Problem } from '../session/parts';
import { post } from '../session/transport';

/** An event that is to happen during a rehearsal. */
export interface Happening {
  /** After the beginning, as the engine writes durations. */
  readonly after: string;
  readonly type: string;
  readonly data: Json;
}

export interface Entry {
  readonly at: string;
  /** The number of the run, from 1; 0 when no run is concerned. */
  readonly run: number;
  readonly key: string;
  readonly step: string | null;
  readonly kind: string;
  readonly status: string;
  readonly reason: string | null;
  readonly until: string | null;
  readonly input: Record<string, unknown> | null;
  readonly output: Record<string, unknown> | null;
}

export interface Message {
  readonly at: string;
  readonly run: number;
  readonly step: string;
  readonly kind: string;
  readonly channel: string;
  readonly to: string;
  readonly purpose: string | null;
  readonly params: Readonly<Record<string, Json>>;
}

export interface Case {
  readonly event_id: string | null;
  readonly key: string;
  readonly at: string;
  readonly status: string;
  readonly outcome: string;
  readonly messages: number;
}

export interface Rehearsed {
  readonly status: string;
  readonly outcome: string | null;
  readonly entries: readonly Entry[];
  readonly messages: readonly Message[];
  readonly runs: readonly Case[];
  readonly problems: readonly Problem[];
  readonly truncated: boolean;
}

export interface RehearsedPast {
  readonly days: number;
  readonly events: number;
  readonly runs: number;
  readonly by_outcome: Readonly<Record<string, number>>;
  readonly messages: Readonly<Record<string, number>>;
  readonly cost: { readonly amount: string; readonly currency: string } | null;
  readonly held: number;
  readonly refused: number;
  readonly after_purchase: number;
  readonly cases: readonly Case[];
  readonly truncated: boolean;
}

export function rehearse(
  workflow: string,
  event: Json,
  happenings: readonly Happening[],
): Promise<Rehearsed> {
  return post(`/workflows/${workflow}/rehearse`, { event, happenings });
}

export function rehearsePast(workflow: string, days: number): Promise<RehearsedPast> {
  return post(`/workflows/${workflow}/rehearsals`, { days });
}
