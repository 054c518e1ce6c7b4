/** The number of open alerts beside their place in the navigation; nothing is loaded for it in shops without sensors. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { anyDeviceQuery } from '@/api/any-device';
import { part } from '@/api/part';

const OpenAlerts = lazy(() =>
  part(() => import('./OpenAlerts').then(({ OpenAlerts: shown }) => ({ default: shown }))),
);

export function AlertBadge() {
  const { data: hasSensors = false } = useQuery(anyDeviceQuery);
  return hasSensors ? (
    <Suspense fallback={null}>
      <OpenAlerts />
    </Suspense>
  ) : null;
}
