/** One run: how it stands, its steps as they went, and what people can do about it. Knows no node kind. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { runQuery, stepsQuery } from '@/api/runs';
import type { RunView } from '@/api/schema.gen';
import { useWorkflowNames } from '@/api/workflows';
import { useFormats } from '@/i18n/use-lang';
import { Ago } from '@/ui/Ago';
import { Facts } from '@/ui/Facts';
import { PageBones } from '@/ui/PageBones';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import { LiveMark } from '@/widgets/run/LiveMark';
import { RunMark } from '@/widgets/run/RunMark';
import { subjectOf } from '@/widgets/run/subject';
import { useLive } from '@/widgets/run/use-live';
import { RunActions } from './RunActions';
import { RunLinks } from './RunLinks';
import { Timeline } from './Timeline';

const LASTS = ['running', 'waiting', 'unknown'];

export function RunPage() {
  const { t } = useTranslation('runs');
  const { runId } = useParams({ from: '/frame/runs/$runId' });
  const run = useQuery(runQuery(runId));
  const steps = useQuery(stepsQuery(runId));
  const open = useLive({ run: runId }, [['run', runId]]);
  const back = <Link to="/runs">{t('title')}</Link>;

  if (run.isPending) return <PageBones />;
  if (run.isError) {
    return (
      <>
        <PageHead title={t('run')} back={back} />
        <ProblemView error={run.error} retry={() => void run.refetch()} />
      </>
    );
  }
  return (
    <>
      <PageHead
        title={subjectOf(run.data) ?? t('no_key')}
        back={back}
        beside={
          <>
            <RunMark status={run.data.status} />
            {LASTS.includes(run.data.status) && <LiveMark open={open} />}
          </>
        }
        lead={<Lead run={run.data} />}
        actions={
          <>
            <RunLinks run={run.data} />
            <RunActions run={run.data} />
          </>
        }
      />
      <RunFacts run={run.data} />
      <h2>{t('timeline')}</h2>
      {steps.isError ? (
        <ProblemView error={steps.error} retry={() => void steps.refetch()} />
      ) : (
        <Timeline run={run.data} steps={steps.data?.items} />
      )}
    </>
  );
}

function Lead({ run }: { run: RunView }) {
  const { t } = useTranslation('runs');
  const names = useWorkflowNames();
  return (
    <>
      <Link to="/workflows/$workflowId" params={{ workflowId: run.workflow_id }}>
        {names(run.workflow_id) ?? t('unnamed_workflow')}
      </Link>
      {' · '}
      {t('version', { version: run.version })}
    </>
  );
}

function RunFacts({ run }: { run: RunView }) {
  const { t } = useTranslation('runs');
  const show = useFormats();
  const ended = run.ended_at;
  return (
    <Facts
      facts={[
        // The title says whom it is about when that is known.
        run.key !== '' && subjectOf(run) !== run.key && [t('fact.key'), run.key],
        [t('fact.started'), show.moment(run.started_at)],
        ended !== null && [
          t('fact.lasted'),
          show.span(new Date(ended).getTime() - new Date(run.started_at).getTime()),
        ],
        run.due_at !== null && [t('fact.goes_on'), <Ago key="due" at={run.due_at} />],
        run.outcome !== null && [t('fact.outcome'), run.outcome],
        run.goal_at !== null && [t('fact.goal'), show.moment(run.goal_at)],
        run.event_id !== null && [
          t('fact.event'),
          <Link key="event" to="/events/$eventId" params={{ eventId: run.event_id }}>
            {t('fact.see_event')}
          </Link>,
        ],
        run.parent_run_id !== null && [
          t('fact.parent'),
          <Link key="parent" to="/runs/$runId" params={{ runId: run.parent_run_id }}>
            {t('fact.see_parent')}
          </Link>,
        ],
      ]}
    />
  );
}
