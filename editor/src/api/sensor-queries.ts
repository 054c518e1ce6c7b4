/** Devices, readings, alerts and the dashboard as queries. Knows their keys and how long each lasts; never a page. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { pages } from './pages';
import {
  type AlertFilter,
  type DeviceFilter,
  listAlerts,
  listCommands,
  listDevices,
  previewRule,
  readAlert,
  readDashboard,
  readDevice,
  readReadings,
  type Stretch,
} from './sensor-requests';
import type { AlertView, CommandView, DeviceView, SensorRule } from './sensors';

export const DEVICES = ['devices'] as const;
export const ALERTS = ['alerts'] as const;
const PAGE = 50;
const PAGE_MAX = 200;
/** More devices than this are searched, not shown at once. */
const ALL_MAX = 1000;

export const devicesQuery = (filter: DeviceFilter) =>
  pages<DeviceView>([...DEVICES, 'list', filter], (cursor) => listDevices(filter, PAGE, cursor));

/** Those that names, choices, the map and the dashboard need. */
export const allDevicesQuery = queryOptions({
  queryKey: [...DEVICES, 'all'],
  queryFn: async ({ signal }): Promise<DeviceView[]> => {
    const all: DeviceView[] = [];
    let cursor: string | undefined;
    do {
      const page = await listDevices({}, PAGE_MAX, cursor, signal);
      all.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined && all.length < ALL_MAX);
    return all;
  },
});

export const deviceQuery = (device: string) =>
  queryOptions({
    queryKey: [...DEVICES, 'one', device],
    queryFn: ({ signal }) => readDevice(device, signal),
  });

export const commandsQuery = (device: string) =>
  pages<CommandView>([...DEVICES, 'one', device, 'commands'], (cursor) => listCommands(device, cursor));

/** What was drawn stays until the next stretch has come. */
export const readingsQuery = (device: string, metric: string, stretch: Stretch) =>
  queryOptions({
    queryKey: ['readings', device, metric, stretch],
    queryFn: ({ signal }) => readReadings(device, metric, stretch, signal),
    placeholderData: (before, query) =>
      query?.queryKey[1] === device && query.queryKey[2] === metric ? before : undefined,
    staleTime: 30_000,
  });

export const previewQuery = (device: string, rule: SensorRule, days: number) =>
  queryOptions({
    queryKey: ['rule-preview', device, rule, days],
    queryFn: ({ signal }) => previewRule(device, rule, days, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });

export const alertsQuery = (filter: AlertFilter) =>
  pages<AlertView>([...ALERTS, 'list', filter], (cursor) => listAlerts(filter, PAGE, cursor));

/** The open ones, as many as anybody looks at. */
export const openAlertsQuery = queryOptions({
  queryKey: [...ALERTS, 'open'],
  queryFn: async (): Promise<AlertView[]> => (await listAlerts({ state: 'open' }, PAGE_MAX)).items,
  refetchInterval: 60_000,
  retry: false,
});

export const alertQuery = (alert: string) =>
  queryOptions({
    queryKey: [...ALERTS, 'one', alert],
    queryFn: ({ signal }) => readAlert(alert, signal),
  });

export const dashboardQuery = queryOptions({
  queryKey: ['dashboard'],
  queryFn: ({ signal }) => readDashboard(signal),
});
