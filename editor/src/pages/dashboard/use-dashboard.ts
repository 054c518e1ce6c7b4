/**
 * The dashboard as it is arranged here, and the one that is stored: changed, undone, saved under its revision.
 *
 * Knows the two; never how a widget looks.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { asApiError } from '@/api/problem';
import { allDevicesQuery, dashboardQuery } from '@/api/sensor-queries';
import { storeDashboard } from '@/api/sensor-requests';
import { type Change, change, type Layout } from './layout';
import { preset } from './preset';

const UNDO_MAX = 100;

interface Editing {
  readonly rev: number;
  readonly layout: Layout;
  readonly undo: readonly Change[];
}

export function useDashboard() {
  const client = useQueryClient();
  const stored = useQuery(dashboardQuery);
  const devices = useQuery(allDevicesQuery);
  const [editing, setEditing] = useState<Editing>();
  const kept = stored.data?.widgets ?? [];
  const isPreset = kept.length === 0;
  const shown = editing?.layout ?? (isPreset ? preset(devices.data ?? []) : kept);

  const save = useMutation({
    mutationFn: ({ rev, layout }: Editing) => storeDashboard(rev, layout),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: dashboardQuery.queryKey });
      setEditing(undefined);
    },
  });
  const isConflict = save.isError && asApiError(save.error).code === 'revision_mismatch';

  return {
    stored,
    devices,
    layout: shown,
    isPreset,
    isEditing: editing !== undefined,
    isChanged: (editing?.undo.length ?? 0) > 0,
    save,
    isConflict,
    begin: () => setEditing({ rev: stored.data?.rev ?? 0, layout: shown, undo: [] }),
    leave: () => {
      save.reset();
      setEditing(undefined);
    },
    /** Whether it changed anything. */
    perform: (one: Change): boolean => {
      const done = change(shown, one);
      if (editing === undefined || done === undefined) return false;
      setEditing({
        ...editing,
        layout: done.layout,
        undo: [...editing.undo.slice(-UNDO_MAX + 1), done.inverse],
      });
      return true;
    },
    undo: () => {
      const last = editing?.undo.at(-1);
      if (editing === undefined || last === undefined) return;
      const layout =
        last.do === 'restore' ? last.layout : (change(editing.layout, last)?.layout ?? editing.layout);
      setEditing({ ...editing, layout, undo: editing.undo.slice(0, -1) });
    },
    store: () => editing && save.mutate(editing),
    /** Mine, over what somebody else has stored meanwhile: only after it was asked for. */
    overwrite: async () => {
      const { rev } = await client.fetchQuery({ ...dashboardQuery, staleTime: 0 });
      if (editing !== undefined) save.mutate({ ...editing, rev });
    },
    takeTheirs: async () => {
      await client.invalidateQueries({ queryKey: dashboardQuery.queryKey });
      save.reset();
      setEditing(undefined);
    },
  };
}

export type DashboardState = ReturnType<typeof useDashboard>;
