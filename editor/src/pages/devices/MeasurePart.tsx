/** One metric over time, and a threshold tried on its past before a workflow is made of it. Knows the chart's parts. */
import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDownload, IconLine } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import { previewQuery } from '@/api/sensor-queries';
import { readingsAddress } from '@/api/sensor-requests';
import type { DeviceView } from '@/api/sensors';
import { Panel } from '@/ui/Panel';
import { MetricChart } from '@/widgets/chart/MetricChart';
import { firstThreshold, ruleOf, stepOf, type Threshold } from '@/widgets/chart/rule';
import { metricOf, useMetricTitle } from '@/widgets/device/values';
import classes from './Devices.module.css';
import { ThresholdPart } from './ThresholdPart';

const PREVIEW_DAYS = 30;
const PAUSE_MS = 400;
const HOURS = 24;
const DAY_MS = 86_400_000;

export function MeasurePart({ device, name }: { device: DeviceView; name: string }) {
  const { t } = useTranslation('devices');
  const title = useMetricTitle();
  const may = useMay('edit');
  const metric = metricOf(device, name);
  const last = device.last.find((one) => one.metric === name);
  const unit = last?.unit ?? metric.unit ?? undefined;
  const [seen, setSeen] = useState<readonly [number, number]>();
  const [threshold, setThreshold] = useState<Threshold>();
  const step = stepOf(seen?.[0] ?? 0, seen?.[1] ?? 1);
  const rule = useMemo(() => threshold && ruleOf(name, threshold), [threshold, name]);
  const [asked] = useDebouncedValue(rule, PAUSE_MS);
  const preview = useQuery({
    ...previewQuery(device.id, asked ?? { metric: name }, PREVIEW_DAYS),
    enabled: asked !== undefined,
  });
  const isShown = threshold !== undefined;
  const episodes = useMemo(
    () =>
      isShown
        ? preview.data?.episodes.map(({ since, until }) => ({
            from: Date.parse(since),
            to: until === null ? Date.now() : Date.parse(until),
          }))
        : undefined,
    [preview.data, isShown],
  );
  return (
    <Panel
      title={title(metric)}
      actions={
        <div className={classes.buttons}>
          <Button
            size="xs"
            variant="default"
            component="a"
            href={readingsAddress(
              device.id,
              name,
              new Date(Date.now() - PREVIEW_DAYS * DAY_MS).toISOString(),
              new Date().toISOString(),
            )}
            download
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {t('download')}
          </Button>
          {may && !isShown && (
            <Button
              size="xs"
              variant="light"
              leftSection={<IconLine size={16} aria-hidden />}
              onClick={() => setThreshold(firstThreshold(seen))}
            >
              {t('threshold.try')}
            </Button>
          )}
        </div>
      }
    >
      <MetricChart
        device={device.id}
        metric={metric}
        label={title(metric)}
        hours={HOURS}
        made={device.created_at}
        threshold={threshold}
        step={step}
        onThreshold={setThreshold}
        onSeen={setSeen}
        {...(episodes && { episodes })}
      />
      {threshold !== undefined && rule !== undefined && (
        <ThresholdPart
          device={device}
          rule={rule}
          threshold={threshold}
          step={step}
          unit={unit}
          days={PREVIEW_DAYS}
          preview={preview}
          isOld={asked !== rule || preview.isFetching}
          onChange={setThreshold}
        />
      )}
    </Panel>
  );
}
