/** A device as it is being written, and what is sent of it. Pure; knows the shape of a device. */
import type { Actuator, DeviceBody, DeviceView, Metric } from '@/api/sensors';

export interface Draft {
  readonly name: string;
  readonly place: string;
  readonly model: string;
  readonly note: string;
  readonly tags: readonly string[];
  readonly lat: number | undefined;
  readonly lon: number | undefined;
  readonly metrics: readonly Metric[];
  readonly actuators: readonly Actuator[];
  readonly serial: string;
}

export const EMPTY: Draft = {
  name: '',
  place: '',
  model: '',
  note: '',
  tags: [],
  lat: undefined,
  lon: undefined,
  metrics: [],
  actuators: [],
  serial: '',
};

export function draftOf(device: DeviceView): Draft {
  return {
    name: device.name,
    place: device.place ?? '',
    model: device.model ?? '',
    note: device.note ?? '',
    tags: device.tags,
    lat: device.location?.lat,
    lon: device.location?.lon,
    metrics: device.profile.metrics,
    actuators: device.profile.actuators,
    serial: device.serial ?? '',
  };
}

/** Empty words are no words; lines without a name were never filled in. */
export function bodyOf(draft: Draft): DeviceBody {
  const { lat, lon } = draft;
  const word = (text: string) => (text.trim() === '' ? null : text.trim());
  const named = <T extends { name: string }>(list: readonly T[]) =>
    list.filter(({ name }) => name.trim() !== '');
  return {
    name: draft.name.trim(),
    place: word(draft.place),
    model: word(draft.model),
    note: word(draft.note),
    tags: [...draft.tags],
    profile: { metrics: named(draft.metrics), actuators: named(draft.actuators) },
    serial: word(draft.serial),
    // Half a place is none.
    location: lat === undefined || lon === undefined ? null : { lat, lon },
  };
}
