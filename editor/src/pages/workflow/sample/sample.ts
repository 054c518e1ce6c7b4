/**
 * What expressions are tried on: what somebody pinned, else the last run, else the last event that came, else the
 * catalogue's example. Nothing must have run.
 *
 * Knows where a pin is kept and where runs and events are asked for; never what an event holds.
 */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, data } from '@/api/client';
import type { EventView, RunView } from '@/api/schema.gen';
import { type Catalog, type Document, isObject, type Json, type JsonObject, triggerEvents } from '@/model';

/** One event, and what the steps of its run left. */
export interface Pinned {
  readonly type: string;
  readonly data: Json;
  readonly steps?: JsonObject | undefined;
  /** When it came; absent for one that was written by hand. */
  readonly at?: string | undefined;
}

export interface Sample {
  readonly event: Json;
  readonly type: string;
  /** What steps left, by step; empty unless it comes from a run. */
  readonly steps: JsonObject;
  readonly from: 'pinned' | 'run' | 'last' | 'example';
  readonly at: string | undefined;
  /** Events that may be pinned, the newest first. */
  readonly recent: readonly EventView[];
  /** Runs that may be pinned, the newest first. */
  readonly runs: readonly RunView[];
  pin(event: Pinned | undefined): void;
}

const PIN = 'operandi.sample.';
const RECENT = 10;
const TYPES_MAX = 4;

export function useSampleOf(workflow: string, document: Document, catalog: Catalog): Sample {
  const written = triggerEvents(document).join();
  const types = useMemo(() => (written === '' ? [] : written.split(',')), [written]);
  const [pinned, setPinned] = useState(() => read(workflow));
  const { data: recent = NO_EVENTS } = useQuery({
    queryKey: ['sample', 'events', types],
    enabled: types.length > 0,
    queryFn: ({ signal }) => recentEvents(types, signal),
  });
  const { data: runs = NO_RUNS } = useQuery({
    queryKey: ['sample', 'runs', workflow],
    queryFn: async ({ signal }) => {
      const query = { workflow, limit: RECENT };
      return (await data(api.GET('/api/v1/runs', { params: { query }, signal }))).items;
    },
  });
  const last = runs.find((run) => run.event_id !== null);
  const { data: run } = useQuery({
    queryKey: ['sample', 'run', last?.id],
    enabled: pinned === undefined && last !== undefined,
    queryFn: () => (last ? readRun(last) : undefined),
  });
  return useMemo(() => {
    const pin: Sample['pin'] = (event) => {
      setPinned(event);
      write(workflow, event);
    };
    const fits = (one: Pinned | undefined): one is Pinned =>
      one !== undefined && (types.length === 0 || types.includes(one.type));
    const made = (from: Sample['from'], one: Pinned): Sample => ({
      event: one.data,
      type: one.type,
      steps: one.steps ?? {},
      at: one.at,
      from,
      recent,
      runs,
      pin,
    });
    if (fits(pinned)) return made('pinned', pinned);
    if (fits(run)) return made('run', run);
    const [event] = recent;
    if (event !== undefined) return made('last', ofEvent(event));
    return made('example', exampleOfTrigger(types, catalog));
  }, [pinned, run, recent, runs, types, catalog, workflow]);
}

const NO_EVENTS: readonly EventView[] = [];
const NO_RUNS: readonly RunView[] = [];

async function recentEvents(types: readonly string[], signal: AbortSignal): Promise<readonly EventView[]> {
  const found = await Promise.all(
    types.slice(0, TYPES_MAX).map((type) => {
      const query = { type, limit: RECENT };
      return data(api.GET('/api/v1/events', { params: { query }, signal }));
    }),
  );
  return found
    .flatMap((page) => page.items)
    .toSorted((a, b) => b.received_at.localeCompare(a.received_at))
    .slice(0, RECENT);
}

export function ofEvent(event: EventView): Pinned {
  return { type: event.type, data: event.data as Json, at: event.received_at };
}

/** What the catalogue shows of the event that starts the workflow. */
export function exampleOfTrigger(types: readonly string[], catalog: Catalog): Pinned {
  const type = types.find((one) => isObject(catalog.events[one]?.sample));
  return { type: type ?? types[0] ?? '', data: (type && catalog.events[type]?.sample) || {} };
}

/** A run's event, and what its steps left. */
export async function readRun(run: RunView): Promise<Pinned | undefined> {
  if (run.event_id === null) return undefined;
  const [event, steps] = await Promise.all([
    data(api.GET('/api/v1/events/{event_id}', { params: { path: { event_id: run.event_id } } })),
    data(api.GET('/api/v1/runs/{run_id}/steps', { params: { path: { run_id: run.id } } })),
  ]);
  const left = steps.items.filter((one) => one.output !== null && one.status === 'completed');
  return {
    ...ofEvent(event),
    at: run.started_at,
    steps: Object.fromEntries(left.map((one) => [one.step, one.output as Json])),
  };
}

function read(workflow: string): Pinned | undefined {
  try {
    const text = localStorage.getItem(PIN + workflow);
    return text === null ? undefined : (JSON.parse(text) as Pinned);
  } catch {
    return undefined;
  }
}

function write(workflow: string, pinned: Pinned | undefined): void {
  try {
    if (pinned === undefined) localStorage.removeItem(PIN + workflow);
    else localStorage.setItem(PIN + workflow, JSON.stringify(pinned));
  } catch {
    // A browser that keeps nothing forgets the pin with the page.
  }
}
