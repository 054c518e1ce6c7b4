/**
 * The drawing of a line of readings: uPlot with our colours, our words for time, and what was not observed in grey.
 *
 * Knows the canvas; never React, a device or a rule's meaning.
 */
import uPlot from 'uplot';
import type { Drawn, Stretch } from './series';

export interface Look {
  readonly locale: string;
  readonly zone: string | undefined;
  /** Values are kept until the next one. */
  readonly stepped: boolean;
}

/** What lies behind the line. */
export interface Behind {
  readonly gaps: readonly Stretch[];
  readonly episodes: readonly Stretch[];
  /** Values on this side of the level are wrong. */
  readonly wrong?: { readonly above?: number; readonly below?: number } | undefined;
}

export interface Hooks {
  behind(): Behind;
  /** The scales have changed. */
  onDraw(plot: uPlot): void;
  onPoint(index: number | null | undefined, plot: uPlot): void;
  /** A stretch was drawn with the mouse, in milliseconds. */
  onSelect(from: number, to: number): void;
}

const FONT = "11px 'Inter Variable', system-ui, sans-serif";
const DAY_S = 86_400;
const Y_AXIS_PX = 52;
const GRID_PX = 40;
/** A stretch shorter than this would not be seen. */
const SEEN_PX = 2;

export function makePlot(
  host: HTMLElement,
  size: { width: number; height: number },
  look: Look,
  hooks: Hooks,
): uPlot {
  const css = getComputedStyle(document.documentElement);
  const colour = (name: string) => css.getPropertyValue(`--op-${name}`).trim();
  const axis = { stroke: colour('ink-soft'), font: FONT, ticks: { show: false } };
  const line = colour('brand');
  const path = look.stepped ? uPlot.paths.stepped?.({ align: 1 }) : uPlot.paths.linear?.();
  const paths = path === undefined ? {} : { paths: path };
  return new uPlot(
    {
      ...size,
      ...(look.zone !== undefined && {
        tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), look.zone ?? ''),
      }),
      legend: { show: false },
      padding: [10, 16, 0, 0],
      scales: { x: { time: true, auto: false }, y: { auto: false } },
      cursor: {
        drag: { x: true, y: false, setScale: false },
        points: { size: 8, width: 2, stroke: line, fill: colour('surface') },
      },
      series: [
        {},
        { stroke: 'transparent', points: { show: false }, ...paths },
        { stroke: 'transparent', points: { show: false }, ...paths },
        { stroke: line, width: 1.75, points: { size: 4, fill: line }, ...paths },
      ],
      bands: [{ series: [2, 1], fill: withAlpha(line, 0.16) }],
      axes: [
        { ...axis, values: timeWords(look), space: 70, grid: { show: false }, size: 34 },
        {
          ...axis,
          size: Y_AXIS_PX,
          space: GRID_PX,
          values: (_, splits) => splits.map((value) => new Intl.NumberFormat(look.locale).format(value)),
          grid: { stroke: colour('line'), width: 1 },
        },
      ],
      hooks: {
        drawClear: [(plot) => shade(plot, hooks.behind(), colour)],
        draw: [hooks.onDraw],
        setCursor: [(plot) => hooks.onPoint(plot.cursor.idx, plot)],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width < 4) return;
            hooks.onSelect(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + width, 'x') * 1000);
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    },
    [[], [], [], []],
    host,
  );
}

/** Puts the line and both scales in at once. */
export function fill(
  plot: uPlot,
  line: Drawn,
  x: readonly [number, number],
  y: readonly [number, number],
): void {
  plot.batch(() => {
    plot.setData([line.x, line.low, line.high, line.y], false);
    plot.setScale('x', { min: x[0] / 1000, max: x[1] / 1000 });
    plot.setScale('y', { min: y[0], max: y[1] });
  });
  plot.redraw(false, false);
}

function timeWords({ locale, zone }: Look): uPlot.Axis.DynamicValues {
  const at = zone === undefined ? {} : { timeZone: zone };
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...at });
  const hour = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...at,
  });
  return (_, splits, __, ___, step) => {
    let before = '';
    return splits.map((seconds) => {
      const moment = new Date(seconds * 1000);
      const date = day.format(moment);
      if (step >= DAY_S) return date;
      const told = before === date ? hour.format(moment) : `${hour.format(moment)}\n${date}`;
      before = date;
      return told;
    });
  };
}

function shade(plot: uPlot, { gaps, episodes, wrong }: Behind, colour: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const column = ({ from, to }: Stretch, style: string, alpha: number) => {
    const left = Math.max(plot.valToPos(from / 1000, 'x', true), bbox.left);
    const right = Math.min(plot.valToPos(to / 1000, 'x', true), bbox.left + bbox.width);
    if (right < bbox.left || left > bbox.left + bbox.width) return;
    ctx.globalAlpha = alpha;
    ctx.fillStyle = style;
    ctx.fillRect(left, bbox.top, Math.max(right - left, SEEN_PX), bbox.height);
  };
  ctx.save();
  if (gaps.length > 0) {
    const hatch = hatching(ctx, colour('line-strong'));
    for (const gap of gaps) {
      column(gap, colour('sunk'), 1);
      if (hatch !== null) {
        ctx.globalAlpha = 0.55;
        const left = Math.max(plot.valToPos(gap.from / 1000, 'x', true), bbox.left);
        const right = Math.min(plot.valToPos(gap.to / 1000, 'x', true), bbox.left + bbox.width);
        ctx.fillStyle = hatch;
        ctx.fillRect(left, bbox.top, Math.max(right - left, 0), bbox.height);
      }
    }
  }
  for (const episode of episodes) column(episode, colour('bad'), 0.22);
  const level = wrong?.above ?? wrong?.below;
  if (level !== undefined) {
    const y = Math.min(Math.max(plot.valToPos(level, 'y', true), bbox.top), bbox.top + bbox.height);
    const [top, bottom] = wrong?.above === undefined ? [y, bbox.top + bbox.height] : [bbox.top, y];
    ctx.globalAlpha = 0.09;
    ctx.fillStyle = colour('bad');
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  }
  ctx.restore();
}

/** Fine lines from corner to corner: grey alone would not tell a gap from the ground. */
function hatching(ctx: CanvasRenderingContext2D, stroke: string): CanvasPattern | null {
  const tile = document.createElement('canvas');
  tile.width = 8;
  tile.height = 8;
  const pen = tile.getContext('2d');
  if (pen === null) return null;
  pen.strokeStyle = stroke;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return ctx.createPattern(tile, 'repeat');
}

function withAlpha(hex: string, alpha: number): string {
  return `${hex}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`;
}
