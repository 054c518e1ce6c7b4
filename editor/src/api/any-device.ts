/** Whether there is any device: shops without sensors see nothing of them, and load nothing for them. */
import { queryOptions } from '@tanstack/react-query';
import type { Page } from './pages';
import { ask, type DeviceView } from './sensors';

export const anyDeviceQuery = queryOptions({
  queryKey: ['devices', 'any'],
  queryFn: async ({ signal }): Promise<boolean> =>
    (await ask<Page<DeviceView>>('get', '/devices', { query: { limit: 1 }, signal })).items.length > 0,
  staleTime: 60_000,
  retry: false,
});
