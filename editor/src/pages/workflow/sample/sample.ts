/**
 * The event that expressions are tried on: one somebody pinned, else the last that came, else the catalogue's example.
 *
 * Knows where a pin is kept; never what an event holds.
 */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, data } from '@/api/client';
import type { EventView } from '@/api/schema.gen';
import { type Catalog, type Document, isObject, type Json, triggerEvents } from '@/model';

export interface Sample {
  readonly event: Json;
  readonly from: 'pinned' | 'last' | 'example';
  /** Events that may be pinned, the newest first. */
  readonly recent: readonly EventView[];
  pin(event: { type: string; data: Json } | undefined): void;
}

const PIN = 'operandi.sample.';
const RECENT = 10;

export function useSampleOf(workflow: string, document: Document, catalog: Catalog): Sample {
  const written = triggerEvents(document).join();
  const types = useMemo(() => (written === '' ? [] : written.split(',')), [written]);
  const [first = ''] = types;
  const [pinned, setPinned] = useState(() => read(workflow));
  const { data: recent = NONE } = useQuery({
    queryKey: ['sample', types],
    enabled: first !== '',
    queryFn: async ({ signal }) => {
      const found = await Promise.all(
        types
          .slice(0, 4)
          .map((type) =>
            data(api.GET('/api/v1/events', { params: { query: { type, limit: RECENT } }, signal })),
          ),
      );
      return found
        .flatMap((page) => page.items)
        .toSorted((a, b) => b.received_at.localeCompare(a.received_at))
        .slice(0, RECENT);
    },
  });
  return useMemo(() => {
    const pin: Sample['pin'] = (event) => {
      setPinned(event);
      write(workflow, event);
    };
    const last = recent[0];
    if (pinned !== undefined && (types.length === 0 || types.includes(pinned.type))) {
      return { event: pinned.data, from: 'pinned', recent, pin };
    }
    if (last !== undefined) return { event: last.data as Json, from: 'last', recent, pin };
    const example = types.map((type) => catalog.events[type]?.sample).find(isObject) ?? {};
    return { event: example, from: 'example', recent, pin };
  }, [pinned, recent, types, catalog, workflow]);
}

const NONE: readonly EventView[] = [];

interface Pinned {
  readonly type: string;
  readonly data: Json;
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
