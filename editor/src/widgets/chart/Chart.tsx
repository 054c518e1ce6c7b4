/** A line of readings on a canvas, its threshold above it. React draws the frame; the points never pass through it. */
import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { useOrganisation } from '@/api/organisation';
import { formatLocale } from '@/i18n/languages';
import { useFormats, useLang } from '@/i18n/use-lang';
import classes from './Chart.module.css';
import { gestures } from './gestures';
import { type Behind, fill, makePlot } from './plot';
import type { Threshold } from './rule';
import { boundsOf, drawn, gapsOf, type Series, type Stretch } from './series';
import { type Scale, ThresholdLayer } from './ThresholdLayer';
import type { TimeWindow } from './window';

export interface ChartProps {
  series: Series;
  window: TimeWindow;
  onWindow: (next: TimeWindow) => void;
  /** How far apart readings may be, in milliseconds. */
  limit: number;
  height: number;
  unit: string | undefined;
  episodes?: readonly Stretch[];
  threshold?: Threshold | undefined;
  step?: number;
  onThreshold?: (next: Threshold) => void;
}

const NO_EPISODES: readonly Stretch[] = [];
/** Room above and below the line, as a share of its height. */
const AIR = 0.1;

export default function Chart(props: ChartProps) {
  const scheme = useComputedColorScheme();
  const lang = useLang();
  const zone = useOrganisation().data?.zone;
  // Colours and words are given to the canvas once; others make another one.
  return (
    <Canvas
      key={`${scheme} ${lang} ${zone} ${props.limit === Number.POSITIVE_INFINITY}`}
      {...props}
      zone={zone}
    />
  );
}

function Canvas(props: ChartProps & { zone: string | undefined }) {
  const { series, window, limit, height, unit, threshold, step = 0.1, onThreshold, zone } = props;
  const { episodes = NO_EPISODES } = props;
  const lang = useLang();
  const show = useFormats();
  const { ref: frame, width } = useElementSize<HTMLDivElement>();
  const host = useRef<HTMLDivElement>(null);
  const told = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [scale, setScale] = useState<Scale>();
  const [held, setHeld] = useState<readonly [number, number]>();
  const columns = Math.max(Math.round(width), 100);

  const line = useMemo(
    () => drawn(series, window.from, window.to, columns, limit),
    [series, window.from, window.to, columns, limit],
  );
  const free = useMemo(() => heightOf(boundsOf(line), threshold), [line, threshold]);
  // While a threshold is dragged the ground stands still below it.
  const range = held ?? free;
  const behind: Behind = {
    gaps: gapsOf(series, window.from, window.to, limit),
    episodes,
    wrong:
      threshold && (threshold.side === 'above' ? { above: threshold.limit } : { below: threshold.limit }),
  };
  const latest = useRef({ behind, props, show });
  latest.current = { behind, props, show };

  const [seenWidth, ready] = [width, width > 0];
  useLayoutEffect(() => {
    const place = host.current;
    if (place === null || !ready) return;
    const made = makePlot(
      place,
      { width: 100, height },
      { locale: formatLocale(lang), zone, stepped: latest.current.props.limit === Number.POSITIVE_INFINITY },
      {
        behind: () => latest.current.behind,
        onDraw: (drawnPlot) => setScale((before) => scaleOf(drawnPlot, before)),
        onPoint: (index, at) => tell(told.current, at, index, latest.current),
        onSelect: (from, to) => latest.current.props.onWindow({ from, to }),
      },
    );
    plot.current = made;
    const stop = gestures(made.over, {
      window: () => latest.current.props.window,
      change: (next) => latest.current.props.onWindow(next),
    });
    return () => {
      stop();
      made.destroy();
      plot.current = undefined;
    };
  }, [ready, height, lang, zone]);

  useLayoutEffect(() => {
    if (seenWidth > 0) plot.current?.setSize({ width: seenWidth, height });
  }, [seenWidth, height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what lies behind is read while drawing
  useEffect(() => {
    if (plot.current && ready) fill(plot.current, line, [window.from, window.to], range);
  }, [ready, line, window.from, window.to, range, episodes, threshold, seenWidth]);

  return (
    <div ref={frame} className={classes.canvas} style={{ minHeight: height }}>
      <div ref={host} aria-hidden />
      <div ref={told} className={classes.told} aria-hidden />
      {threshold !== undefined && scale !== undefined && onThreshold !== undefined && (
        <ThresholdLayer
          threshold={threshold}
          scale={scale}
          step={step}
          unit={unit}
          onChange={onThreshold}
          onHold={(isHeld) => setHeld(isHeld ? free : undefined)}
        />
      )}
    </div>
  );
}

/** The stretch of values to show: all of the line and the threshold, with some air. */
function heightOf(
  bounds: readonly [number, number] | undefined,
  threshold: Threshold | undefined,
): readonly [number, number] {
  const levels = threshold === undefined ? [] : [threshold.limit, threshold.clear];
  const all = [...(bounds ?? []), ...levels];
  if (all.length === 0) return [0, 1];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const air = high === low ? 1 : (high - low) * AIR;
  return [low - air, high + air];
}

function scaleOf(plot: uPlot, before: Scale | undefined): Scale | undefined {
  const { min, max } = plot.scales.y ?? {};
  if (min === undefined || max === undefined) return before;
  const next = {
    min,
    max,
    top: plot.over.offsetTop,
    left: plot.over.offsetLeft,
    width: plot.over.clientWidth,
    height: plot.over.clientHeight,
  };
  const same =
    before !== undefined &&
    (Object.keys(next) as (keyof Scale)[]).every((name) => next[name] === before[name]);
  return same ? before : next;
}

/** What is under the pointer, written past React: it changes with every pixel. */
function tell(
  place: HTMLElement | null,
  plot: uPlot,
  index: number | null | undefined,
  { props, show }: { props: ChartProps; show: ReturnType<typeof useFormats> },
): void {
  if (place === null) return;
  const at = index == null ? undefined : plot.data[0][index];
  const value = index == null ? undefined : plot.data[3]?.[index];
  if (at === undefined || value == null || plot.cursor.left === undefined || plot.cursor.left < 0) {
    place.textContent = '';
    return;
  }
  const unit = props.unit === undefined ? '' : ` ${props.unit}`;
  place.textContent = `${show.moment(new Date(at * 1000).toISOString())} · ${show.number(value)}${unit}`;
}
