/** Holds what is sent of a device that was written in a form. */
import { describe, expect, it } from 'vitest';
import type { DeviceView } from '@/api/sensors';
import { bodyOf, draftOf, EMPTY } from './draft';

const DEVICE: DeviceView = {
  id: 'd',
  rev: 3,
  name: 'Heladera',
  place: null,
  tags: ['frio'],
  model: 'n1',
  profile: { metrics: [{ name: 't', unit: '°C', every: 60 }], actuators: [] },
  location: { lat: -34.6, lon: -58.4 },
  status: { state: 'online' },
  last: [],
  keys: [],
  open_alerts: 0,
  created_at: '',
  updated_at: '',
};

describe('a device in a form', () => {
  it('comes back as it was', () => {
    const body = bodyOf(draftOf(DEVICE));
    expect(body).toEqual({
      name: 'Heladera',
      place: null,
      model: 'n1',
      note: null,
      tags: ['frio'],
      profile: DEVICE.profile,
      serial: null,
      location: DEVICE.location,
    });
  });

  it('leaves out lines that were never filled in, and a place on the map that was taken away', () => {
    const draft = { ...draftOf(DEVICE), lat: undefined, metrics: [{ name: ' ' }, { name: 'h' }] };
    expect(bodyOf(draft).profile?.metrics).toEqual([{ name: 'h' }]);
    expect(bodyOf(draft).location).toBeNull();
    expect(bodyOf(EMPTY).place).toBeNull();
  });
});
