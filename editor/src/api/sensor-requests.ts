/** What can be asked of devices, alerts, the dashboard and notifications, one function each. Knows addresses; no page. */
import { newKey } from './client';
import type { ColdChain } from './schema.gen';
import {
  type AlertState,
  type AlertStory,
  type AlertView,
  ask,
  type ClaimCode,
  type CommandBody,
  type CommandView,
  type Dashboard,
  type DashboardWidget,
  type DeviceBody,
  type DeviceState,
  type DeviceView,
  type Imported,
  type Level,
  type Listed,
  type MadeDeviceKey,
  type Readings,
  type RulePreview,
  type SensorRule,
} from './sensors';

export interface DeviceFilter {
  q?: string;
  place?: string;
  tag?: string;
  state?: DeviceState;
}

export interface AlertFilter {
  state?: AlertState | 'open';
  level?: Level;
  device?: string;
}

const DEVICE = '/devices/{device}';
const of = (device: string) => ({ path: { device } });
const once = (key = newKey()) => ({ header: { 'Idempotency-Key': key } });
const seen = (rev: number) => ({ header: { 'If-Match': String(rev) } });
const paged = (limit: number, cursor?: string) => ({ limit, ...(cursor && { cursor }) });

export const listDevices = (
  filter: DeviceFilter,
  limit: number,
  cursor?: string,
  signal?: AbortSignal,
): Listed<DeviceView> =>
  ask('get', '/devices', { query: { ...filter, ...paged(limit, cursor) }, ...(signal && { signal }) });

export const readDevice = (device: string, signal: AbortSignal): Promise<DeviceView> =>
  ask('get', DEVICE, { ...of(device), signal });

export const makeDevice = (body: DeviceBody, key: string): Promise<{ id: string }> =>
  ask('post', '/devices', { ...once(key), body });

export const changeDevice = (device: string, rev: number, body: DeviceBody): Promise<unknown> =>
  ask('patch', DEVICE, { ...of(device), ...seen(rev), body });

export const removeDevice = (device: string): Promise<unknown> => ask('delete', DEVICE, of(device));

export const makeDeviceKey = (device: string): Promise<MadeDeviceKey> =>
  ask('post', `${DEVICE}/keys`, of(device));

export const revokeDeviceKey = (device: string, key: string): Promise<unknown> =>
  ask('delete', `${DEVICE}/keys/{key}`, { path: { device, key } });

export const makeClaim = (device: string): Promise<ClaimCode> => ask('post', `${DEVICE}/claim`, of(device));

export const exportDevices = (): Promise<string> => ask('get', '/devices.csv', { parseAs: 'text' });

export const importDevices = (csv: string): Promise<Imported> =>
  ask('post', '/devices/import', { body: csv });

export const setDesired = (device: string, settings: Record<string, unknown>): Promise<unknown> =>
  ask('put', `${DEVICE}/desired`, { ...of(device), body: { settings } });

export const listCommands = (device: string, cursor?: string): Listed<CommandView> =>
  ask('get', `${DEVICE}/commands`, { ...of(device), query: paged(20, cursor) });

export const sendCommand = (device: string, body: CommandBody, key: string): Promise<{ id: string }> =>
  ask('post', `${DEVICE}/commands`, { ...of(device), ...once(key), body });

export interface Stretch {
  from: string;
  to: string;
  points: number;
}

export const readReadings = (
  device: string,
  metric: string,
  stretch: Stretch,
  signal: AbortSignal,
): Promise<Readings> =>
  ask('get', `${DEVICE}/readings`, { ...of(device), query: { metric, ...stretch }, signal });

/** Where the readings of a metric can be downloaded. */
export function readingsAddress(device: string, metric: string, from: string, to: string): string {
  const query = new URLSearchParams({ metric, from, to, format: 'csv' });
  return `/api/v1/devices/${encodeURIComponent(device)}/readings/export?${query}`;
}

export const previewRule = (
  device: string,
  rule: SensorRule,
  days: number,
  signal: AbortSignal,
): Promise<RulePreview> =>
  ask('post', `${DEVICE}/rule-preview`, { ...of(device), body: { rule, days }, signal });

export const listAlerts = (filter: AlertFilter, limit: number, cursor?: string): Listed<AlertView> =>
  ask('get', '/alerts', { query: { ...filter, ...paged(limit, cursor) } });

const ALERT = '/alerts/{alert}';
const about = (alert: string, body: unknown = {}) => ({ path: { alert }, body });

export const readAlert = (alert: string, signal: AbortSignal): Promise<AlertStory> =>
  ask('get', ALERT, { path: { alert }, signal });

export const acknowledgeAlert = (alert: string, note?: string): Promise<unknown> =>
  ask('post', `${ALERT}/acknowledge`, about(alert, note ? { note } : {}));

export const snoozeAlert = (alert: string, minutes: number): Promise<unknown> =>
  ask('post', `${ALERT}/snooze`, about(alert, { minutes }));

export const solveAlert = (alert: string, note?: string): Promise<unknown> =>
  ask('post', `${ALERT}/solve`, about(alert, note ? { note } : {}));

export const noteAlert = (alert: string, note: string): Promise<unknown> =>
  ask('post', `${ALERT}/note`, about(alert, { note }));

export interface ColdChainAsked {
  device: string;
  metric: string;
  from: string;
  to: string;
  above?: number;
  below?: number;
}

export const readColdChain = (asked: ColdChainAsked, signal: AbortSignal): Promise<ColdChain> =>
  ask('get', '/reports/cold-chain', { query: { ...asked, format: 'json' }, signal });

/** Where the report can be downloaded, in a language: a link does not say which one the page is in. */
export function coldChainAddress(asked: ColdChainAsked, format: 'csv' | 'pdf', lang: string): string {
  const query = new URLSearchParams(
    Object.entries({ ...asked, format, lang }).map(([name, value]) => [name, String(value)]),
  );
  return `/api/v1/reports/cold-chain?${query}`;
}

export const readDashboard = (signal: AbortSignal): Promise<Dashboard> =>
  ask('get', '/dashboard', { signal });

export const storeDashboard = (rev: number, widgets: readonly DashboardWidget[]): Promise<unknown> =>
  ask('put', '/dashboard', { ...seen(rev), body: { widgets } });

export const readPushKey = (): Promise<{ public_key: string }> => ask('get', '/push/key');

export interface PushBody {
  endpoint: string;
  keys: { p256dh: string; auth: string };
  lang: string;
}

/** The browsers of whoever is signed in. */
export const listPush = (): Promise<{ items: { id: string }[] }> => ask('get', '/push/subscriptions');

export const subscribePush = (body: PushBody): Promise<{ id: string }> =>
  ask('post', '/push/subscriptions', { body });

export const unsubscribePush = (subscription: string): Promise<unknown> =>
  ask('delete', '/push/subscriptions/{subscription}', { path: { subscription } });

/** Lets the server send a message to a browser. */
export const testPush = (subscription: string): Promise<unknown> =>
  ask('post', '/push/subscriptions/{subscription}/test', { path: { subscription } });
