/** What happened, newest first, and what came of it. Knows events' heads; never a type by name. */
import { Select } from '@mantine/core';
import { IconBolt } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCatalog } from '@/api/catalog';
import { itemsOf } from '@/api/pages';
import type { EventView } from '@/api/schema.gen';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { Ago } from '@/ui/Ago';
import { type Column, DataTable } from '@/ui/DataTable';
import { EmptyState } from '@/ui/EmptyState';
import { LoadMore } from '@/ui/LoadMore';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import { eventsQuery } from './queries';
import { useSourceName } from './use-source';

export function EventsPage() {
  const { t } = useTranslation('events');
  const lang = useLang();
  const filter = useSearch({ from: '/frame/events' });
  const navigate = useNavigate({ from: '/events' });
  const { data: catalog } = useCatalog();
  const sourceName = useSourceName();
  const found = useInfiniteQuery(eventsQuery(filter));
  const rows = found.data && itemsOf(found.data);
  const titleOf = (type: string) => localText(catalog?.events[type]?.title, lang);

  const columns: Column<EventView>[] = [
    {
      id: 'type',
      title: t('column.type'),
      lead: true,
      cell: (event) => (
        <Link to="/events/$eventId" params={{ eventId: event.id }}>
          {titleOf(event.type) ?? event.type}
        </Link>
      ),
    },
    {
      id: 'code',
      title: t('column.code'),
      wide: true,
      cell: (event) => <span className="mono soft">{event.type}</span>,
    },
    { id: 'source', title: t('column.source'), cell: (event) => sourceName(event.source) },
    { id: 'led_to', title: t('column.led_to'), cell: (event) => <LedTo event={event} /> },
    {
      id: 'at',
      title: t('column.received'),
      end: true,
      width: '10rem',
      cell: (event) => (
        <span className="soft">
          <Ago at={event.received_at} />
        </span>
      ),
    },
  ];

  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} />
      <Select
        aria-label={t('filter')}
        placeholder={t('filter')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('clear_filter') }}
        maw={320}
        mb="md"
        value={filter.type ?? null}
        onChange={(type) => void navigate({ search: type === null ? {} : { type }, replace: true })}
        data={Object.keys(catalog?.events ?? {}).map((type) => ({
          value: type,
          label: titleOf(type) ?? type,
        }))}
      />
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {rows?.length === 0 ? (
        <EmptyState icon={IconBolt} title={t('empty.title')}>
          {t('empty.words')}
        </EmptyState>
      ) : (
        !found.isError && (
          <DataTable
            label={t('title')}
            columns={columns}
            rows={rows}
            rowKey={(event) => event.id}
            skeletons={10}
          />
        )
      )}
      <LoadMore pages={found} />
    </>
  );
}

function LedTo({ event }: { event: EventView }) {
  const { t } = useTranslation('events');
  const routes = event.routes;
  const moved = routes.filter((route) => route.run !== null).length;
  if (moved > 0) return t('led_to.runs', { count: moved });
  return <span className="soft">{t(routes.length > 0 ? 'led_to.nothing' : 'led_to.nobody')}</span>;
}
