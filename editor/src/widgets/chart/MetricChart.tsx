/**
 * The chart of one metric: asks for what is seen, as fine as it is needed, by keyboard, mouse and fingers, and as a table.
 *
 * Knows a device's readings; never what is made of them.
 */
import { ActionIcon, SegmentedControl, Skeleton, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { part } from '@/api/part';
import { readingsQuery } from '@/api/sensor-queries';
import type { Metric } from '@/api/sensors';
import { ProblemView } from '@/ui/ProblemView';
import classes from './Chart.module.css';
import { ChartTable } from './ChartTable';
import { type Threshold, usualOf } from './rule';
import { gapLimit, gapsOf, type Stretch, seriesOf } from './series';
import { asked, held, lastHours, moved, SPANS, type TimeWindow, zoomed } from './window';

const Chart = lazy(() => part(() => import('./Chart')));

/** More than anybody can see, so that zooming in rarely asks again. */
const POINTS = 20_000;
const PAUSE_MS = 250;
/** The chart of a window that ends now moves on. */
const FOLLOW_MS = 30_000;

interface Props {
  device: string;
  metric: Metric;
  label: string;
  hours: number;
  /** When the device was made. Silence of an older one is seen as such. */
  made?: string | undefined;
  /** What is seen first, instead of the last hours. */
  first?: TimeWindow;
  height?: number;
  /** Without controls, as a part of something else. */
  bare?: boolean;
  threshold?: Threshold | undefined;
  step?: number;
  onThreshold?: (next: Threshold) => void;
  episodes?: readonly Stretch[];
  /** Between which values most of what was asked for lies. */
  onSeen?: (seen: readonly [number, number] | undefined) => void;
}

export function MetricChart(props: Props) {
  const { device, metric, label, hours, made, first, height = 320, bare = false, onSeen, episodes } = props;
  const { t } = useTranslation('devices');
  const [span, setSpan] = useState<number | undefined>(first === undefined ? hours : undefined);
  /** When the readings of the span began. */
  const [began, setBegan] = useState<number>();
  const young = began === undefined || made === undefined ? undefined : Math.min(began, Date.parse(made));
  const [window, setWindow] = useState(() => first ?? lastHours(hours, Date.now()));
  const [wanted] = useDebouncedValue(window, PAUSE_MS);
  const stretch = asked(wanted);
  const found = useQuery(
    readingsQuery(device, metric.name, {
      from: new Date(stretch.from).toISOString(),
      to: new Date(stretch.to).toISOString(),
      points: POINTS,
    }),
  );
  const series = useMemo(() => found.data && seriesOf(found.data), [found.data]);
  const unit = found.data?.unit ?? metric.unit ?? undefined;
  const limit = gapLimit(found.data?.resolution ?? 'raw', metric.every);

  useEffect(() => {
    if (span === undefined) return;
    const follow = () => setWindow(lastHours(span, Date.now(), young));
    follow();
    const timer = setInterval(follow, FOLLOW_MS);
    return () => clearInterval(timer);
  }, [span, young]);

  const isSettled = span !== undefined && window === wanted && !found.isPlaceholderData;
  useEffect(() => {
    if (isSettled) setBegan((before) => before ?? series?.at[0]);
  }, [isSettled, series]);

  useEffect(() => {
    if (series === undefined || onSeen === undefined) return;
    onSeen(usualOf(series.value));
  }, [series, onSeen]);

  const choose = (next: number) => {
    setBegan(undefined);
    setSpan(next);
    setWindow(lastHours(next, Date.now()));
  };
  const go = (next: TimeWindow) => {
    setSpan(undefined);
    setWindow(held(next, Date.now()));
  };
  const keys = (event: React.KeyboardEvent) => {
    const next = KEYS[event.key]?.(window);
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go(next);
  };
  if (found.isError) return <ProblemView error={found.error} retry={() => void found.refetch()} />;
  const gaps = series === undefined ? [] : gapsOf(series, window.from, window.to, limit);
  return (
    <div>
      {!bare && <Bar span={span} onSpan={choose} window={window} onWindow={go} />}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset holds fields */}
      <div
        className={classes.plot}
        role="group"
        aria-label={bare ? label : t('chart.keys', { label })}
        tabIndex={bare ? undefined : 0}
        onKeyDown={bare ? undefined : keys}
        aria-busy={series === undefined}
      >
        <Suspense fallback={<Skeleton height={height} radius={8} />}>
          {series === undefined ? (
            <Skeleton height={height} radius={8} />
          ) : (
            <Chart
              series={series}
              window={window}
              onWindow={bare ? noWindow : go}
              limit={limit}
              height={height}
              unit={unit}
              {...(episodes && { episodes })}
              threshold={props.threshold}
              {...(props.step !== undefined && { step: props.step })}
              {...(props.onThreshold && { onThreshold: props.onThreshold })}
            />
          )}
        </Suspense>
      </div>
      {!bare && series !== undefined && (
        <>
          <p className={classes.foot}>
            <span>{t(`chart.resolution.${series.resolution}`)}</span>
            {series.resolution !== 'raw' && <span className={classes.key}>{t('chart.band')}</span>}
            {gaps.length > 0 && (
              <span className={classes.key} data-of="gap">
                {t('chart.gap')}
              </span>
            )}
            {episodes !== undefined && episodes.length > 0 && (
              <span className={classes.key} data-of="episode">
                {t('chart.episode')}
              </span>
            )}
          </p>
          <ChartTable series={series} window={window} unit={unit} label={label} />
        </>
      )}
    </div>
  );
}

const noWindow = () => undefined;

const KEYS: Readonly<Record<string, (window: TimeWindow) => TimeWindow>> = {
  ArrowLeft: (window) => moved(window, -0.25, Date.now()),
  ArrowRight: (window) => moved(window, 0.25, Date.now()),
  '+': (window) => zoomed(window, 0.5, Date.now()),
  '=': (window) => zoomed(window, 0.5, Date.now()),
  '-': (window) => zoomed(window, 2, Date.now()),
};

interface BarProps {
  span: number | undefined;
  onSpan: (hours: number) => void;
  window: TimeWindow;
  onWindow: (next: TimeWindow) => void;
}

function Bar({ span, onSpan, window, onWindow }: BarProps) {
  const { t } = useTranslation('devices');
  const tools = [
    [t('chart.earlier'), IconChevronLeft, moved(window, -0.5, Date.now())],
    [t('chart.later'), IconChevronRight, moved(window, 0.5, Date.now())],
    [t('chart.in'), IconZoomIn, zoomed(window, 0.5, Date.now())],
    [t('chart.out'), IconZoomOut, zoomed(window, 2, Date.now())],
  ] as const;
  return (
    <div className={classes.bar}>
      <SegmentedControl
        size="xs"
        aria-label={t('chart.span')}
        value={span === undefined ? '' : String(span)}
        onChange={(hours) => onSpan(Number(hours))}
        data={SPANS.map((hours) => ({
          value: String(hours),
          label: t(`chart.hours.${String(hours) as '6'}`),
        }))}
      />
      <div className={classes.tools}>
        {tools.map(([name, Icon, next]) => (
          <Tooltip key={name} label={name}>
            <ActionIcon variant="default" size={32} aria-label={name} onClick={() => onWindow(next)}>
              <Icon size={17} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ))}
      </div>
    </div>
  );
}
