/** Holds what a device is said to measure. */
import { describe, expect, it } from 'vitest';
import { metricOf, metricsOf } from './values';

const AT = '2026-11-22T08:00:00Z';
const told = (metric: string, unit: string) => ({ metric, unit, at: AT, value: 4, received_at: AT });

describe('what a device measures', () => {
  const device = {
    profile: { metrics: [{ name: 'temperature', unit: '°C', every: 60 }], actuators: [] },
    last: [told('temperature', '°F'), told('humidity', '%')],
  };

  it('is as its owner says, and then as it says itself', () => {
    expect(metricsOf(device)).toEqual([
      { name: 'temperature', unit: '°C', every: 60 },
      { name: 'humidity', unit: '%' },
    ]);
  });

  it('has a name though nobody describes it', () => {
    expect(metricOf(device, 'humidity')).toEqual({ name: 'humidity', unit: '%' });
    expect(metricOf(device, 'door')).toEqual({ name: 'door' });
  });
});
