/** The list of runs, filtered by its address and live. Knows runs' heads; never their steps. */

import { IconPlayerPlay } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { itemsOf } from '@/api/pages';
import type { RunView } from '@/api/schema.gen';
import { useWorkflowNames } from '@/api/workflows';
import { Ago } from '@/ui/Ago';
import { type Column, DataTable } from '@/ui/DataTable';
import { EmptyState } from '@/ui/EmptyState';
import { LoadMore } from '@/ui/LoadMore';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import { LiveMark } from '@/widgets/run/LiveMark';
import { RunMark } from '@/widgets/run/RunMark';
import { subjectOf } from '@/widgets/run/subject';
import { useLive } from '@/widgets/run/use-live';
import { RUNS, runsQuery } from './queries';
import { RunFilters } from './RunFilters';

export function RunsPage() {
  const { t } = useTranslation('runs');
  const filter = useSearch({ from: '/frame/runs' });
  const names = useWorkflowNames();
  const found = useInfiniteQuery(runsQuery(filter));
  const open = useLive(filter.workflow ? { workflow: filter.workflow } : {}, [RUNS]);
  const rows = found.data && itemsOf(found.data);
  const filtered = Object.keys(filter).length > 0;

  const columns: Column<RunView>[] = [
    {
      id: 'key',
      title: t('column.key'),
      lead: true,
      cell: (run) => (
        <Link to="/runs/$runId" params={{ runId: run.id }}>
          {subjectOf(run) ?? t('no_key')}
          {run.key !== '' && subjectOf(run) !== run.key && <span className="soft"> · {run.key}</span>}
        </Link>
      ),
    },
    {
      id: 'status',
      title: t('column.status'),
      width: '9rem',
      cell: (run) => <RunMark status={run.status} />,
    },
    {
      id: 'workflow',
      title: t('column.workflow'),
      cell: (run) => names(run.workflow_id) ?? t('unnamed_workflow'),
    },
    {
      id: 'outcome',
      title: t('column.outcome'),
      width: '14rem',
      cell: (run) => <span className="soft">{outcome(run)}</span>,
    },
    {
      id: 'started',
      title: t('column.started'),
      width: '10rem',
      end: true,
      cell: (run) => (
        <span className="soft">
          <Ago at={run.started_at} />
        </span>
      ),
    },
  ];

  function outcome(run: RunView): React.ReactNode {
    if (run.goal_at !== null && run.outcome === null) return t('goal_reached');
    if (run.outcome !== null) return run.outcome;
    if (run.due_at === null) return '';
    return (
      <>
        {t('goes_on')} <Ago at={run.due_at} />
      </>
    );
  }

  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} beside={<LiveMark open={open} />} />
      <RunFilters filter={filter} />
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {rows?.length === 0 && (
        <EmptyState icon={IconPlayerPlay} title={t(filtered ? 'none_found.title' : 'empty.title')}>
          {t(filtered ? 'none_found.words' : 'empty.words')}
        </EmptyState>
      )}
      {!found.isError && rows?.length !== 0 && (
        <DataTable label={t('title')} columns={columns} rows={rows} rowKey={(run) => run.id} skeletons={10} />
      )}
      <LoadMore pages={found} />
    </>
  );
}
