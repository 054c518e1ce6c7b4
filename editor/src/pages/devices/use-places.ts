/** The places devices stand in, to choose from. Knows words only. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { allDevicesQuery } from '@/api/sensor-queries';

export function usePlaces(): readonly string[] {
  const { data } = useQuery(allDevicesQuery);
  return useMemo(
    () => [...new Set(data?.map(({ place }) => place).filter((place) => place != null) ?? [])].toSorted(),
    [data],
  );
}
