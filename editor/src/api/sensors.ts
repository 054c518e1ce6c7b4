/**
 * Devices, readings, alerts, the dashboard and notifications: the shapes and the one door to their addresses.
 *
 * Knows the contract of these addresses; never a page. Queries over it are in `sensor-queries.ts`.
 */
import { api } from './client';
import type { Page } from './pages';

export type Maybe<T> = T | null | undefined;

export interface Metric {
  name: string;
  unit?: Maybe<string>;
  title?: Maybe<string>;
  /** What is possible: beyond it the sensor is not believed. */
  min?: Maybe<number>;
  max?: Maybe<number>;
  /** How often a value is expected, in seconds; absent when it tells changes only. */
  every?: Maybe<number>;
  power_on?: Maybe<{ value: number; step: number }>;
  offset?: Maybe<number>;
  scale?: Maybe<number>;
}

export interface Actuator {
  name: string;
  title?: Maybe<string>;
  /** The level it falls back to, in percent. */
  safe: number;
  /** The longest time it may stay on, in seconds. */
  max_on: number;
}

export interface Profile {
  metrics: Metric[];
  actuators: Actuator[];
}

export const DEVICE_STATES = ['online', 'quiet', 'sleeping', 'offline', 'never'] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];

export interface DeviceStatus {
  state: DeviceState;
  since?: Maybe<string>;
  seen_at?: Maybe<string>;
  connected_at?: Maybe<string>;
  firmware?: Maybe<string>;
  reset?: Maybe<string>;
  /** Readings the node had to drop. */
  lost?: Maybe<number>;
  /** Why it is in that state, as a sentence. */
  reason?: Maybe<string>;
}

export interface LastValue {
  metric: string;
  unit?: Maybe<string>;
  at: string;
  value: number | null;
  /** Why there is no value, as a word. */
  unavailable?: Maybe<string>;
  received_at: string;
}

export interface Settings {
  revision: number;
  settings: Record<string, unknown>;
}

export interface DeviceKey {
  id: string;
  created_at: string;
  last_used_at?: Maybe<string>;
}

export interface DeviceView {
  id: string;
  rev: number;
  name: string;
  place?: Maybe<string>;
  tags: string[];
  model?: Maybe<string>;
  note?: Maybe<string>;
  serial?: Maybe<string>;
  location?: Maybe<{ lat: number; lon: number }>;
  profile: Profile;
  status: DeviceStatus;
  last: LastValue[];
  desired?: Maybe<Settings>;
  reported?: Maybe<Settings>;
  keys: DeviceKey[];
  open_alerts: number;
  created_at: string;
  updated_at: string;
}

export type DeviceBody = Partial<
  Pick<DeviceView, 'name' | 'place' | 'tags' | 'model' | 'note' | 'serial' | 'location' | 'profile'>
>;

export interface MadeDeviceKey {
  id: string;
  org: string;
  device: string;
  username: string;
  password: string;
  topic_prefix: string;
  mqtt: { host: string; port: number } | null;
}

export interface ClaimCode {
  code: string;
  expires_at: string;
  /** Where the server knows the address people use. */
  link: string | null;
}

export interface Imported {
  created: number;
  updated: number;
  problems: { line: number; field?: Maybe<string>; message: string }[];
}

export const COMMAND_STATES = [
  'pending',
  'sent',
  'accepted',
  'done',
  'expired',
  'refused',
  'unconfirmed',
] as const;
export type CommandState = (typeof COMMAND_STATES)[number];

export interface CommandView {
  id: string;
  actuator: string;
  level: number;
  state: CommandState;
  code?: Maybe<number | string>;
  reason?: Maybe<string>;
  created_at: string;
  expires_at: string;
  max_on: number;
  by?: Maybe<string>;
  confirmed_at?: Maybe<string>;
}

export interface CommandBody {
  actuator: string;
  level: number;
  max_on: number;
  expires_in: number;
}

export type Resolution = 'raw' | '1m' | '1h';

/** Raw items are `[at, value]`, rolled up ones `[at, min, average, max, count]`; moments in milliseconds. */
export interface Readings {
  metric: string;
  unit?: Maybe<string>;
  resolution: Resolution;
  items: (number | null)[][];
}

/** The part of a sensor rule that is drawn over a chart. */
export interface SensorRule {
  metric: string;
  above?: number;
  below?: number;
  clear?: number;
  for?: string;
}

export interface RulePreview {
  fired: number;
  episodes: { since: string; until: string | null; least: number; greatest: number }[];
  /** The share of the time that was observed, up to 1. */
  observed: number;
  readings: number;
}

export const LEVELS = ['info', 'warning', 'critical', 'emergency'] as const;
export type Level = (typeof LEVELS)[number];
export const ALERT_STATES = ['active', 'acknowledged', 'latched', 'snoozed', 'cleared'] as const;
export type AlertState = (typeof ALERT_STATES)[number];
export const CAUSES = ['power', 'wifi', 'internet', 'device', 'power_or_internet'] as const;

export interface AlertView {
  id: string;
  workflow_id: string;
  workflow_name?: Maybe<unknown>;
  device_id: string | null;
  device_name?: Maybe<string>;
  place?: Maybe<string>;
  /** Of an alert that several share. */
  devices?: string[];
  cause?: Maybe<(typeof CAUSES)[number]>;
  metric?: Maybe<string>;
  unit?: Maybe<string>;
  level: Level;
  state: AlertState;
  value?: Maybe<number>;
  since: string;
  opened_at: string;
  acknowledged_at?: Maybe<string>;
  acknowledged_by?: Maybe<string>;
  snoozed_until?: Maybe<string>;
  cleared_at?: Maybe<string>;
  solved_by?: Maybe<string>;
  solved_note?: Maybe<string>;
  run_id?: Maybe<string>;
}

export interface AlertEntry {
  at: string;
  kind: string;
  by?: Maybe<string>;
  says: string;
}

export type AlertStory = AlertView & { timeline: AlertEntry[] };

export const WIDGET_KINDS = ['last', 'chart', 'state', 'alerts', 'map', 'activity', 'counter'] as const;
export type WidgetKind = (typeof WIDGET_KINDS)[number];

export interface DashboardWidget {
  id: string;
  kind: WidgetKind;
  x: number;
  y: number;
  w: number;
  h: number;
  title?: Maybe<string>;
  device?: Maybe<string>;
  metric?: Maybe<string>;
  place?: Maybe<string>;
  /** How many hours back. */
  from?: Maybe<number>;
}

export interface Dashboard {
  rev: number;
  widgets: DashboardWidget[];
}

export interface Asked {
  path?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  header?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
  parseAs?: 'text' | 'blob';
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
const door = api as unknown as {
  request(method: Method, path: string, init: unknown): Promise<{ data?: unknown }>;
};

/** Asks an address below `/api/v1`; text is sent as CSV, anything else as JSON. */
export async function ask<T>(method: Method, path: string, asked: Asked = {}): Promise<T> {
  const { path: places, query, header, body, signal, parseAs } = asked;
  const isText = typeof body === 'string';
  const { data } = await door.request(method, `/api/v1${path}`, {
    params: { path: places, query, header },
    ...(body !== undefined && { body }),
    ...(isText && { bodySerializer: (text: string) => text, headers: { 'Content-Type': 'text/csv' } }),
    ...(signal && { signal }),
    ...(parseAs && { parseAs }),
  });
  return data as T;
}

export type Listed<T> = Promise<Page<T>>;
