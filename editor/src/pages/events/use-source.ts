/** What the source of an event is called. Knows that a source may be a connection's id. */
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { connectionsQuery } from '@/api/connections';

export function useSourceName(): (source: string) => string {
  const { t } = useTranslation('events');
  const { data: connections } = useQuery(connectionsQuery);
  return useCallback(
    (source) => {
      if (source === 'api' || source === 'run' || source === 'schedule') return t(`source.${source}`);
      return connections?.find((connection) => connection.id === source)?.name ?? t('source.connection');
    },
    [connections, t],
  );
}
