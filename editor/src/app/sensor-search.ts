/** Reads the search parameters of devices, alerts and reports. Pure; knows no page. */
import type { AlertFilter, DeviceFilter } from '@/api/sensor-requests';
import { ALERT_STATES, DEVICE_STATES, LEVELS } from '@/api/sensors';
import { textSearch } from './search';

export function devicesSearch(search: Record<string, unknown>): DeviceFilter {
  const [q, place, tag] = ['q', 'place', 'tag'].map((name) => textSearch(search, name));
  const state = DEVICE_STATES.find((known) => known === search.state);
  return { ...(q && { q }), ...(place && { place }), ...(tag && { tag }), ...(state && { state }) };
}

export function alertsSearch(search: Record<string, unknown>): AlertFilter {
  const device = textSearch(search, 'device');
  const state = [...ALERT_STATES, 'open' as const].find((known) => known === search.state);
  const level = LEVELS.find((known) => known === search.level);
  return { ...(state && { state }), ...(level && { level }), ...(device && { device }) };
}

export interface ReportSearch {
  device?: string;
  metric?: string;
  /** The limit to begin with. */
  above?: number;
  below?: number;
}

export function reportSearch(search: Record<string, unknown>): ReportSearch {
  const [device, metric] = ['device', 'metric'].map((name) => textSearch(search, name));
  const { above, below } = search;
  return {
    ...(device && { device }),
    ...(metric && { metric }),
    ...(typeof above === 'number' && { above }),
    ...(typeof below === 'number' && { below }),
  };
}
