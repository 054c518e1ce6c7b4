/**
 * The arrangement of the dashboard on a grid, and the ways to change it, each with what undoes it.
 *
 * Pure; knows places and sizes, never what a widget shows.
 */
import type { DashboardWidget, WidgetKind } from '@/api/sensors';

export const COLUMNS = 12;
const HEIGHT_MAX = 8;
const WIDTH_MIN = 2;
export const WIDGETS_MAX = 40;

export type Layout = readonly DashboardWidget[];

/** How large each kind is when it is added: columns and rows. */
export const SIZES: Readonly<Record<WidgetKind, readonly [number, number]>> = {
  last: [3, 2],
  chart: [6, 4],
  state: [3, 2],
  alerts: [4, 4],
  map: [6, 4],
  activity: [4, 4],
  counter: [3, 2],
};

export type Change =
  | { readonly do: 'add'; readonly widget: DashboardWidget }
  | { readonly do: 'remove'; readonly id: string }
  | { readonly do: 'place'; readonly id: string; readonly x: number; readonly y: number }
  | { readonly do: 'size'; readonly id: string; readonly w: number; readonly h: number }
  | { readonly do: 'edit'; readonly id: string; readonly about: About }
  /** Everything as it was. */
  | { readonly do: 'restore'; readonly layout: Layout };

/** What a widget shows. */
export type About = Pick<DashboardWidget, 'title' | 'device' | 'metric' | 'place' | 'from'>;

export interface Changed {
  readonly layout: Layout;
  /** What brings back what was there before, exactly. */
  readonly inverse: Change;
}

/** `undefined` when the change changes nothing. */
export function change(layout: Layout, change: Change): Changed | undefined {
  const next = packed(applied(layout, change), 'id' in change ? change.id : undefined);
  if (JSON.stringify(next) === JSON.stringify(layout)) return undefined;
  return { layout: next, inverse: { do: 'restore', layout } };
}

function applied(layout: Layout, change: Change): Layout {
  const put = (id: string, part: Partial<DashboardWidget>) =>
    layout.map((widget) => (widget.id === id ? bounded({ ...widget, ...part }) : widget));
  switch (change.do) {
    case 'add':
      if (layout.length >= WIDGETS_MAX || layout.some(({ id }) => id === change.widget.id)) return layout;
      return [...layout, bounded({ ...change.widget, ...roomFor(layout, change.widget) })];
    case 'remove':
      return layout.filter(({ id }) => id !== change.id);
    case 'place':
      return put(change.id, { x: change.x, y: change.y });
    case 'size':
      return put(change.id, { w: change.w, h: change.h });
    case 'edit':
      return put(change.id, change.about);
    case 'restore':
      return change.layout;
  }
}

const within = (value: number, least: number, most: number) =>
  Math.min(Math.max(Math.round(value), least), most);

/** No wider than the grid, and wholly on it. */
function bounded(widget: DashboardWidget): DashboardWidget {
  const w = within(widget.w, WIDTH_MIN, COLUMNS);
  return {
    ...widget,
    w,
    h: within(widget.h, 1, HEIGHT_MAX),
    x: within(widget.x, 0, COLUMNS - w),
    y: Math.max(0, Math.round(widget.y)),
  };
}

export function overlap(one: DashboardWidget, other: DashboardWidget): boolean {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}

/** The first free place of its size, row by row. */
function roomFor(layout: Layout, widget: DashboardWidget): { x: number; y: number } {
  const below = layout.reduce((most, { y, h }) => Math.max(most, y + h), 0);
  for (let y = 0; y < below; y += 1) {
    for (let x = 0; x + widget.w <= COLUMNS; x += 1) {
      const here = { ...widget, x, y };
      if (!layout.some((other) => overlap(here, other))) return { x, y };
    }
  }
  return { x: 0, y: below };
}

/**
 * Nothing lies upon anything, and nothing floats: what moved keeps its place as far as it can, the others make room
 * below it and then rise.
 */
export function packed(layout: Layout, first?: string): Layout {
  const order = layout
    .map(bounded)
    .toSorted(
      (one, other) =>
        one.y - other.y || Number(other.id === first) - Number(one.id === first) || one.x - other.x,
    );
  const mover = order.find(({ id }) => id === first);
  const placed: DashboardWidget[] = mover === undefined ? [] : [mover];
  for (const widget of order) {
    if (widget.id === first) continue;
    let here = widget;
    while (placed.some((other) => overlap(here, other))) here = { ...here, y: here.y + 1 };
    placed.push(here);
  }
  return risen(placed);
}

function risen(layout: Layout): Layout {
  const done: DashboardWidget[] = [];
  for (const widget of layout.toSorted((one, other) => one.y - other.y || one.x - other.x)) {
    let here = widget;
    while (here.y > 0 && !done.some((other) => overlap({ ...here, y: here.y - 1 }, other))) {
      here = { ...here, y: here.y - 1 };
    }
    done.push(here);
  }
  return done.toSorted((one, other) => one.y - other.y || one.x - other.x);
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** One step by keyboard. Up and down change places with what is there. */
export function step(layout: Layout, id: string, direction: Direction): Change | undefined {
  const widget = layout.find((one) => one.id === id);
  if (widget === undefined) return undefined;
  const { x, y } = widget;
  switch (direction) {
    case 'left':
      return x === 0 ? undefined : { do: 'place', id, x: x - 1, y };
    case 'right':
      return x + widget.w >= COLUMNS ? undefined : { do: 'place', id, x: x + 1, y };
    case 'up': {
      const above = layout.filter((one) => one.y < y && meets(one, widget)).map((one) => one.y);
      return above.length === 0 ? undefined : { do: 'place', id, x, y: Math.max(...above) };
    }
    case 'down': {
      const below = layout.filter((one) => one.y > y && meets(one, widget));
      const next = below.toSorted((one, other) => one.y - other.y)[0];
      // To stand behind the next, its own place must be free for it: it rises by this widget's height.
      return next === undefined ? undefined : swapped(layout, widget, next);
    }
  }
}

function swapped(layout: Layout, widget: DashboardWidget, next: DashboardWidget): Change {
  const moved = layout.map((one) => {
    if (one.id === next.id) return { ...one, y: widget.y };
    return one.id === widget.id ? { ...one, y: widget.y + next.h } : one;
  });
  return { do: 'restore', layout: packed(moved, next.id) };
}

/** Whether one stands above or below the other. */
function meets(one: DashboardWidget, other: DashboardWidget): boolean {
  return one.x < other.x + other.w && other.x < one.x + one.w;
}
