/** Rehearsals as the server plays them: nothing is stored and nothing leaves. Knows addresses and shapes only. */
import { api, data } from '@/api/client';
import type {
  RehearsedPast as PastLoosely,
  RehearsalCase,
  RehearsalEntry,
  RehearsalMessage,
  Rehearsed as RehearsedLoosely,
} from '@/api/schema.gen';
import type { Json } from '@/model';

/** An event that is to happen during a rehearsal. */
export interface Happening {
  /** After the beginning, as the engine writes durations. */
  readonly after: string;
  readonly type: string;
  readonly data: Json;
}

// OpenAPI tells what holds any JSON as maps.

export type Entry = Omit<RehearsalEntry, 'input' | 'output'> &
  Readonly<Record<'input' | 'output', Readonly<Record<string, unknown>> | null>>;

export type Message = Omit<RehearsalMessage, 'params'> & { readonly params: Readonly<Record<string, Json>> };

export type Case = RehearsalCase;

export type Rehearsed = Omit<RehearsedLoosely, 'entries' | 'messages'> & {
  readonly entries: readonly Entry[];
  readonly messages: readonly Message[];
};

export type RehearsedPast = Omit<PastLoosely, 'by_outcome' | 'messages'> &
  Readonly<Record<'by_outcome' | 'messages', Readonly<Record<string, number>>>>;

type Loose = Record<string, unknown>;

const at = (workflow: string) => ({ path: { workflow_id: workflow } });

/** What a draft is played on. */
export interface Played {
  readonly event: Json;
  /** Whether nobody sent the event, so that whoever it is about is made up, too. */
  readonly madeUp: boolean;
  readonly happenings: readonly Happening[];
}

export async function rehearse(workflow: string, { event, madeUp, happenings }: Played): Promise<Rehearsed> {
  const body = {
    event: event as Loose,
    made_up: madeUp,
    happenings: happenings.map((one) => ({ ...one, data: one.data as Loose })),
  };
  const found = data(api.POST('/api/v1/workflows/{workflow_id}/rehearse', { params: at(workflow), body }));
  return (await found) as Rehearsed;
}

export async function rehearsePast(workflow: string, days: number): Promise<RehearsedPast> {
  const body = { days };
  const found = data(api.POST('/api/v1/workflows/{workflow_id}/rehearsals', { params: at(workflow), body }));
  return (await found) as RehearsedPast;
}
