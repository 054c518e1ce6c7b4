/** Devices that say where they are, as shares of a plane that holds all of them. Pure; knows latitude and longitude. */
import type { DeviceView } from '@/api/sensors';

export interface Spot {
  readonly device: DeviceView;
  /** In percent. */
  readonly left: number;
  readonly top: number;
}

/** One alone needs no plane. */
const SPOTS_MIN = 2;
/** Room at the edges, in percent. */
const EDGE = 10;

export function plane(devices: readonly DeviceView[]): {
  spots: readonly Spot[];
  others: readonly DeviceView[];
} {
  const placed = devices.flatMap((device) => {
    const { location } = device;
    return location ? [{ device, ...location }] : [];
  });
  if (placed.length < SPOTS_MIN) return { spots: [], others: devices };
  const [lats, lons] = [placed.map(({ lat }) => lat), placed.map(({ lon }) => lon)];
  const share = (value: number, all: readonly number[]) => {
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return high === low ? 50 : EDGE + ((value - low) / (high - low)) * (100 - 2 * EDGE);
  };
  return {
    // North is above.
    spots: placed.map(({ device, lat, lon }) => ({
      device,
      left: share(lon, lons),
      top: 100 - share(lat, lats),
    })),
    others: devices.filter((device) => !placed.some((one) => one.device === device)),
  };
}
