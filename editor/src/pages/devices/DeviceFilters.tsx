/** Which devices to show; the address holds the choice. Knows filters; places and tags are whatever the devices have. */
import { Button, Select, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { allDevicesQuery } from '@/api/sensor-queries';
import type { DeviceFilter } from '@/api/sensor-requests';
import { DEVICE_STATES } from '@/api/sensors';
import { devicesSearch } from '@/app/sensor-search';
import classes from './Devices.module.css';

const TYPING_MS = 350;

export function DeviceFilters({ filter }: { filter: DeviceFilter }) {
  const { t } = useTranslation('devices');
  const navigate = useNavigate({ from: '/devices' });
  const { data: all } = useQuery(allDevicesQuery);
  const [typed, setTyped] = useState(filter.q ?? '');
  const change = (part: Record<string, string | undefined>) =>
    void navigate({ search: (before: DeviceFilter) => devicesSearch({ ...before, ...part }), replace: true });
  const { places, tags } = useMemo(() => {
    const unique = (words: (string | null | undefined)[]) =>
      [...new Set(words.filter((word) => word != null))].sort();
    return {
      places: unique(all?.map((device) => device.place) ?? []),
      tags: unique(all?.flatMap((device) => device.tags) ?? []),
    };
  }, [all]);

  // The address changes when somebody pauses, so that not every letter asks the server.
  useEffect(() => {
    const wanted = typed.trim() === '' ? undefined : typed.trim();
    if (wanted === filter.q) return;
    const timer = setTimeout(() => {
      void navigate({
        search: (before: DeviceFilter) => devicesSearch({ ...before, q: wanted }),
        replace: true,
      });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, filter.q, navigate]);

  const choice = (name: 'place' | 'tag' | 'state', data: { value: string; label: string }[]) => (
    <Select
      aria-label={t(`filter.${name}`)}
      placeholder={t(`filter.short.${name}`)}
      searchable={name !== 'state'}
      clearable
      clearButtonProps={{ 'aria-label': t('filter.clear', { what: t(`filter.${name}`) }) }}
      value={filter[name] ?? null}
      onChange={(next) => change({ [name]: next ?? undefined })}
      data={data}
    />
  );
  const words = (list: readonly string[]) => list.map((word) => ({ value: word, label: word }));
  return (
    <search className={classes.filters}>
      <TextInput
        type="search"
        className={classes.search}
        aria-label={t('filter.search')}
        placeholder={t('filter.search')}
        leftSection={<IconSearch size={17} aria-hidden />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {choice(
        'state',
        DEVICE_STATES.map((state) => ({ value: state, label: t(`state.${state}`) })),
      )}
      {choice('place', words(places))}
      {choice('tag', words(tags))}
      {Object.keys(filter).length > 0 && (
        <Button
          variant="subtle"
          leftSection={<IconX size={16} aria-hidden />}
          onClick={() => {
            setTyped('');
            void navigate({ search: {}, replace: true });
          }}
        >
          {t('filter.reset')}
        </Button>
      )}
    </search>
  );
}
