/**
 * Keeps devices and alerts up to date by one line for the whole page, however many parts look at them.
 *
 * Knows the queries' keys; never what is drawn.
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { type DeviceChange, follow, type SensorChange } from './live';
import { ALERTS, allDevicesQuery, DEVICES, deviceQuery } from './sensor-queries';
import type { DeviceView } from './sensors';

/** Changes within this time are drawn together. */
const GATHER_MS = 500;

let lookers = 0;
let stop: (() => void) | undefined;
let isOpen = false;
const listeners = new Set<() => void>();

function setOpen(open: boolean): void {
  isOpen = open;
  for (const listener of listeners) listener();
}

function start(client: QueryClient): () => void {
  const devices = new Map<string, DeviceChange>();
  let alerts = false;
  let everything = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settle = () => {
    timer = undefined;
    if (everything) void client.invalidateQueries({ queryKey: DEVICES });
    else if (devices.size > 0) put(client, devices);
    if (alerts || everything) void client.invalidateQueries({ queryKey: ALERTS });
    devices.clear();
    alerts = false;
    everything = false;
  };
  const soon = () => {
    timer ??= setTimeout(settle, GATHER_MS);
  };
  const take = (change: SensorChange) => {
    if (change.type === 'alert.changed') alerts = true;
    else devices.set(change.device_id, change);
    soon();
  };
  const resync = () => {
    everything = true;
    soon();
  };
  const end = follow({ sensors: true }, { sensor: take, resync, state: setOpen });
  return () => {
    clearTimeout(timer);
    end();
    setOpen(false);
  };
}

/** Puts what came into what is shown; lists that are filtered or sorted by it are asked again when they are seen next. */
function put(client: QueryClient, changes: ReadonlyMap<string, DeviceChange>): void {
  const changed = (device: DeviceView): DeviceView => {
    const change = changes.get(device.id);
    if (change === undefined) return device;
    return { ...device, status: change.status ?? device.status, last: change.last ?? device.last };
  };
  client.setQueryData(allDevicesQuery.queryKey, (all) => all?.map(changed));
  for (const id of changes.keys()) {
    client.setQueryData(deviceQuery(id).queryKey, (device) => device && changed(device));
  }
  void client.invalidateQueries({ queryKey: [...DEVICES, 'list'] });
}

/** Whether the line is open; it is as long as any part of the page looks. */
export function useSensorLive(enabled = true): boolean {
  const client = useQueryClient();
  useEffect(() => {
    if (!enabled) return;
    lookers += 1;
    stop ??= start(client);
    return () => {
      lookers -= 1;
      if (lookers > 0) return;
      stop?.();
      stop = undefined;
    };
  }, [client, enabled]);
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isOpen,
  );
}
