/**
 * Follows runs, devices and alerts as they change, over one WebSocket that comes back by itself.
 *
 * Knows the messages of `/api/v1/live`; never what a page does with them.
 */
import type { DeviceStatus, LastValue } from './sensors';

export interface RunChange {
  readonly type: 'run';
  readonly run_id: string;
  readonly workflow_id: string;
  readonly status: string;
  readonly step: string | null;
  readonly at: string;
}

/** A device is heard of, or what it says of itself has changed. */
export interface DeviceChange {
  readonly type: 'device.changed';
  readonly device_id: string;
  readonly status?: DeviceStatus;
  readonly last?: LastValue[];
}

export interface AlertChange {
  readonly type: 'alert.changed';
  readonly id: string;
}

export type SensorChange = DeviceChange | AlertChange;

export interface LiveFilter {
  workflow?: string;
  run?: string;
  /** Devices and alerts instead of runs. */
  sensors?: boolean;
}

export interface LiveHandlers {
  change?(change: RunChange): void;
  sensor?(change: SensorChange): void;
  /** Messages were missed, or the line was down: read everything again. */
  resync(): void;
  state(open: boolean): void;
}

const BACK_MS_FIRST = 1000;
const BACK_MS_MAX = 30_000;

/** Follows all runs, or those of one workflow, or one run; or devices and alerts. Returns how to stop. */
export function follow(filter: LiveFilter, handlers: LiveHandlers): () => void {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = BACK_MS_FIRST;
  let opened = 0;
  let stopped = false;

  const open = (): void => {
    socket = new WebSocket(address(filter));
    socket.onopen = () => {
      pause = BACK_MS_FIRST;
      opened += 1;
      handlers.state(true);
      if (opened > 1) handlers.resync();
    };
    socket.onmessage = (event) => {
      const message = parse(event.data);
      if (message?.type === 'run') handlers.change?.(message);
      else if (message?.type === 'resync') handlers.resync();
      else if (message !== undefined) handlers.sensor?.(message);
    };
    socket.onclose = () => {
      if (stopped) return;
      handlers.state(false);
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, BACK_MS_MAX);
    };
  };
  // Opened a moment later, so that a page that is left at once opens nothing.
  timer = setTimeout(open, 0);

  return () => {
    stopped = true;
    clearTimeout(timer);
    socket?.close();
  };
}

function address({ workflow, run, sensors }: LiveFilter): string {
  const url = new URL('/api/v1/live', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const asked = { workflow, run, ...(sensors && { devices: 'true', alerts: 'true' }) };
  for (const [name, value] of Object.entries(asked)) if (value) url.searchParams.set(name, value);
  return url.href;
}

function parse(text: unknown): RunChange | SensorChange | { type: 'resync' } | undefined {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
