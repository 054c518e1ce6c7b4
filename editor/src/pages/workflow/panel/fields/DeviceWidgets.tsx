/** Metrics, devices, tags and places as the shop's devices have them. Knows lists and their words; no device by name. */
import { Autocomplete, MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { allDevicesQuery } from '@/api/sensor-queries';
import type { DeviceView } from '@/api/sensors';
import { common } from '@/widgets/form/basic/common';
import type { Widget, WidgetProps } from '@/widgets/form/registry';

const unique = (words: readonly (string | null | undefined)[]) =>
  [...new Set(words.filter((word) => word != null && word !== ''))].toSorted() as string[];

/** One that a device has, or any other name: a rule may be written before its device is there. */
export function MetricWidget(props: WidgetProps) {
  const { data: devices } = useQuery({ ...allDevicesQuery, retry: false });
  const names = devices?.flatMap(({ profile, last }) => [
    ...profile.metrics.map(({ name }) => name),
    ...last.map(({ metric }) => metric),
  ]);
  return (
    <Autocomplete
      {...common(props)}
      spellCheck={false}
      data={unique(names ?? [])}
      value={typeof props.value === 'string' ? props.value : ''}
      onChange={(next) => props.onChange(next)}
    />
  );
}

/** As high as a finger needs. */
const FIELD = { inputField: { minHeight: 24 } };

interface Entry {
  readonly value: string;
  readonly label: string;
}

/** Several of a list; what is written and not in it stays visible. None at all is not written. */
function many(entriesOf: (devices: readonly DeviceView[]) => readonly Entry[]): Widget {
  return function Many(props: WidgetProps) {
    const { t } = useTranslation('panel');
    const { data: devices } = useQuery({ ...allDevicesQuery, retry: false });
    const chosen = Array.isArray(props.value) ? props.value.filter((one) => typeof one === 'string') : [];
    const entries = entriesOf(devices ?? []);
    const unknown = chosen.filter((one) => !entries.some(({ value }) => value === one));
    return (
      <MultiSelect
        {...common(props)}
        styles={FIELD}
        searchable
        hidePickedOptions
        nothingFoundMessage={t('choice.none')}
        data={[...entries, ...unknown.map((value) => ({ value, label: value }))]}
        value={chosen}
        onChange={(next) => props.onChange(next.length === 0 ? undefined : next)}
      />
    );
  };
}

const plain = (words: readonly string[]): readonly Entry[] =>
  words.map((word) => ({ value: word, label: word }));

export const DevicesWidget = many((devices) => devices.map(({ id, name }) => ({ value: id, label: name })));
export const DeviceTagsWidget = many((devices) => plain(unique(devices.flatMap(({ tags }) => tags))));
export const DevicePlacesWidget = many((devices) => plain(unique(devices.map(({ place }) => place))));
