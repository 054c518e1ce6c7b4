/** What the metrics of the shop's devices are called and measured in, for sentences about a rule. Knows no rule. */
import { useQuery } from '@tanstack/react-query';
import { createContext, useCallback, useMemo } from 'react';
import { allDevicesQuery } from '@/api/sensor-queries';
import { field } from '@/model';
import { useMetricTitle } from '@/widgets/device/values';
import { useDocument } from './draft';

export interface MetricWords {
  readonly title: string;
  readonly unit: string | undefined;
}

export const MetricsContext = createContext<(metric: string) => MetricWords>((metric) => ({
  title: metric,
  unit: undefined,
}));

/** Devices are asked for only where a rule is about them. */
export function MetricsProvider({ children }: { children: React.ReactNode }) {
  const document = useDocument();
  const isSensor = field(field(document, 'trigger'), 'sensor') !== undefined;
  const { data: devices } = useQuery({ ...allDevicesQuery, enabled: isSensor, retry: false });
  const title = useMetricTitle();
  const known = useMemo(
    () =>
      new Map(
        devices?.flatMap(({ profile }) => profile.metrics.map((metric) => [metric.name, metric] as const)),
      ),
    [devices],
  );
  const words = useCallback(
    (name: string): MetricWords => {
      const metric = known.get(name);
      const told = title(metric ?? { name });
      // Inside a sentence only names of their own begin with a capital.
      const isOwn = metric?.title != null && metric.title !== '';
      return {
        title: isOwn ? told : told.charAt(0).toLocaleLowerCase() + told.slice(1),
        unit: metric?.unit ?? undefined,
      };
    },
    [known, title],
  );
  return <MetricsContext value={words}>{children}</MetricsContext>;
}
