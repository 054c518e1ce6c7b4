/** The alerts of the shop, the open ones first; the address holds the choice. Knows alerts' heads. */
import { Button, SegmentedControl, Select } from '@mantine/core';
import { IconBellCheck, IconX } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { itemsOf } from '@/api/pages';
import { useSensorLive } from '@/api/sensor-live';
import { alertsQuery, allDevicesQuery } from '@/api/sensor-queries';
import type { AlertFilter } from '@/api/sensor-requests';
import { ALERT_STATES, type AlertView, LEVELS } from '@/api/sensors';
import { alertsSearch } from '@/app/sensor-search';
import { Ago } from '@/ui/Ago';
import { type Column, DataTable } from '@/ui/DataTable';
import { EmptyState } from '@/ui/EmptyState';
import { LoadMore } from '@/ui/LoadMore';
import { Mark } from '@/ui/Mark';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import { AlertMark, LevelMark } from '@/widgets/alert/LevelMark';
import { useAlertWords } from '@/widgets/alert/words';
import classes from './Alerts.module.css';
import { inOrder } from './order';
import { QuickAnswer } from './QuickAnswer';

export function AlertsPage() {
  const { t } = useTranslation('alerts');
  const filter = useSearch({ from: '/frame/alerts' });
  const words = useAlertWords();
  const open = useSensorLive();
  const asked = { ...filter, state: filter.state ?? 'open' } as const;
  const found = useInfiniteQuery(alertsQuery(asked));
  const rows = found.data && inOrder(itemsOf(found.data));

  const columns: Column<AlertView>[] = [
    {
      id: 'level',
      title: t('column.level'),
      width: '9.5rem',
      cell: (alert) => <LevelMark level={alert.level} />,
    },
    {
      id: 'about',
      title: t('column.about'),
      lead: true,
      cell: (alert) => (
        <>
          <Link to="/alerts/$alertId" params={{ alertId: alert.id }}>
            {words.title(alert)}
          </Link>
          <div className={classes.about}>{[words.value(alert), alert.place].filter(Boolean).join(' · ')}</div>
        </>
      ),
    },
    { id: 'state', title: t('column.state'), cell: (alert) => <State alert={alert} /> },
    {
      id: 'since',
      title: t('column.since'),
      width: '9rem',
      cell: (alert) => (
        <span className="soft">
          <Ago at={alert.since} />
        </span>
      ),
    },
    {
      id: 'answer',
      title: t('column.answer'),
      quiet: true,
      end: true,
      width: '11rem',
      cell: (alert) => <QuickAnswer alert={alert} />,
    },
  ];

  return (
    <>
      <PageHead
        title={t('title')}
        lead={t('lead')}
        beside={
          <Mark tone={open ? 'good' : 'calm'} pulse={open}>
            {t(open ? 'live' : 'not_live')}
          </Mark>
        }
      />
      <Filters filter={filter} />
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {rows?.length === 0 ? (
        <EmptyState icon={IconBellCheck} title={t(asked.state === 'open' ? 'calm.title' : 'none.title')}>
          {t(asked.state === 'open' ? 'calm.words' : 'none.words')}
        </EmptyState>
      ) : (
        !found.isError && (
          <DataTable
            label={t('title')}
            columns={columns}
            rows={rows}
            rowKey={(alert) => alert.id}
            skeletons={5}
          />
        )
      )}
      <LoadMore pages={found} />
    </>
  );
}

function State({ alert }: { alert: AlertView }) {
  const { t } = useTranslation('alerts');
  return (
    <>
      <AlertMark state={alert.state} />
      {alert.state === 'snoozed' && alert.snoozed_until && (
        <div className={classes.about}>
          {t('until')} <Ago at={alert.snoozed_until} />
        </div>
      )}
      {alert.state === 'acknowledged' && alert.acknowledged_by && (
        <div className={classes.about}>{t('by', { by: alert.acknowledged_by })}</div>
      )}
    </>
  );
}

const VIEWS = ['open', 'cleared'] as const;

function Filters({ filter }: { filter: AlertFilter }) {
  const { t } = useTranslation('alerts');
  const navigate = useNavigate({ from: '/alerts' });
  const { data: devices } = useQuery(allDevicesQuery);
  const change = (part: Record<string, string | undefined>) =>
    void navigate({ search: (before: AlertFilter) => alertsSearch({ ...before, ...part }), replace: true });
  const state = filter.state ?? 'open';
  return (
    <search className={classes.filters}>
      <SegmentedControl
        aria-label={t('filter.view')}
        value={VIEWS.find((view) => view === state) ?? ''}
        onChange={(next) => change({ state: next === 'open' ? undefined : next })}
        data={VIEWS.map((view) => ({ value: view, label: t(`filter.${view}`) }))}
      />
      <Select
        aria-label={t('filter.state')}
        placeholder={t('filter.state')}
        clearable
        clearButtonProps={{ 'aria-label': t('filter.clear', { what: t('filter.state') }) }}
        value={ALERT_STATES.find((one) => one === filter.state) ?? null}
        onChange={(next) => change({ state: next ?? undefined })}
        data={ALERT_STATES.map((one) => ({ value: one, label: t(`state.${one}`) }))}
      />
      <Select
        aria-label={t('filter.level')}
        placeholder={t('filter.level')}
        clearable
        clearButtonProps={{ 'aria-label': t('filter.clear', { what: t('filter.level') }) }}
        value={filter.level ?? null}
        onChange={(next) => change({ level: next ?? undefined })}
        data={LEVELS.map((level) => ({ value: level, label: t(`level.${level}`) }))}
      />
      <Select
        aria-label={t('filter.device')}
        placeholder={t('filter.device')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('filter.clear', { what: t('filter.device') }) }}
        value={filter.device ?? null}
        onChange={(next) => change({ device: next ?? undefined })}
        data={(devices ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      />
      {Object.keys(filter).length > 0 && (
        <Button
          variant="subtle"
          leftSection={<IconX size={16} aria-hidden />}
          onClick={() => void navigate({ search: {}, replace: true })}
        >
          {t('filter.reset')}
        </Button>
      )}
    </search>
  );
}
