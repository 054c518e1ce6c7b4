/** The dashboard of a shop that has not arranged one: what is wrong, what is measured, what happened. Pure. */
import type { DashboardWidget, DeviceView } from '@/api/sensors';
import { type Layout, packed, SIZES } from './layout';

const LAST_SHOWN = 4;
const CHARTS_SHOWN = 2;

export function preset(devices: readonly DeviceView[]): Layout {
  const measured = devices.flatMap((device) => {
    const metric = device.profile.metrics[0]?.name ?? device.last[0]?.metric;
    return metric === undefined ? [] : [{ device: device.id, metric }];
  });
  // What is wrong is looked at first, wherever it stands in the list.
  const urgent = new Set(devices.filter((device) => device.open_alerts > 0).map(({ id }) => id));
  const order = measured.toSorted(
    (one, other) => Number(urgent.has(other.device)) - Number(urgent.has(one.device)),
  );
  const make = (
    kind: DashboardWidget['kind'],
    at: readonly [number, number],
    part: Partial<DashboardWidget> = {},
  ) => {
    const [w, h] = SIZES[kind];
    const name = [kind, part.device, part.metric].filter(Boolean).join('-');
    return { id: name, kind, x: at[0], y: at[1], w, h, ...part };
  };
  return packed([
    ...order.slice(0, LAST_SHOWN).map((part, index) => make('last', [index * 3, 0], part)),
    ...order
      .slice(0, CHARTS_SHOWN)
      .map((part, index) => make('chart', [0, 2 + index * 4], { ...part, w: 8, from: 24 })),
    make('alerts', [8, 2]),
    make('activity', [8, 6]),
    make('map', [0, 10], { w: 8 }),
    make('counter', [8, 10], { w: 4 }),
  ]);
}
