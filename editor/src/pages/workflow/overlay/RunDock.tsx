/** One run on the cards, live, and the way back to its history. Knows how steps stand; never what they do. */
import { Button } from '@mantine/core';
import { IconArrowLeft, IconFlask } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { runQuery, stepsQuery } from '@/api/runs';
import type { StepView } from '@/api/schema.gen';
import { useFormats } from '@/i18n/use-lang';
import { placeOf } from '@/model';
import { ProblemView } from '@/ui/ProblemView';
import { LiveMark } from '@/widgets/run/LiveMark';
import { RunMark } from '@/widgets/run/RunMark';
import { stepStatus } from '@/widgets/run/story';
import { subjectOf } from '@/widgets/run/subject';
import { useLive } from '@/widgets/run/use-live';
import { useDraftParts } from '../draft';
import { goTo } from '../ui';
import { Dock } from './Dock';
import classes from './Dock.module.css';
import { runMarks } from './marks';
import { hideOverlay, showOverlay } from './store';

const LASTS = ['running', 'waiting', 'unknown'];

export function RunDock({ id }: { id: string }) {
  const { t } = useTranslation(['overlay', 'runs']);
  const parts = useDraftParts();
  const navigate = useNavigate();
  const show = useFormats();
  const run = useQuery(runQuery(id));
  const steps = useQuery(stepsQuery(id));
  const open = useLive({ run: id }, [['run', id]]);
  const items = steps.data?.items;
  useEffect(() => {
    if (!items) return;
    /** Of what waits, until when says more than since when. */
    const untilOf = (step: StepView): string | undefined => {
      const until = step.status === 'waiting' ? step.input?.until : undefined;
      return typeof until === 'string' ? t('overlay:until', { moment: show.moment(until) }) : undefined;
    };
    const marks = runMarks(items, (step, times) =>
      [
        untilOf(step) ??
          `${t(`runs:step.${stepStatus(step)}`)} · ${show.time(step.ended_at ?? step.started_at)}`,
        times > 1 ? t('overlay:times', { count: times }) : '',
        step.attempt > 1 ? t('runs:attempt', { count: step.attempt }) : '',
      ]
        .filter(Boolean)
        .join(' · '),
    );
    showOverlay(parts, 'run', marks);
  }, [items, parts, show, t]);
  // Whoever arrives wants to see where it is.
  const last = items?.at(-1)?.step;
  const seen = useRef(false);
  useEffect(() => {
    if (seen.current || last === undefined || !placeOf(parts.session.document, last)) return;
    seen.current = true;
    goTo(parts.ui, last);
  }, [last, parts]);
  useEffect(() => () => hideOverlay(parts, 'run'), [parts]);
  const leave = (search: { sample?: string } = {}) =>
    void navigate({
      to: '/workflows/$workflowId',
      params: { workflowId: parts.workflow.id },
      search,
      replace: true,
    });
  const error = run.error ?? steps.error;
  const hasEvent = run.data !== undefined && run.data.event_id !== null;
  const strange = run.data !== undefined && run.data.version !== parts.workflow.version;
  return (
    <Dock label={t('overlay:run')} onClose={() => leave()}>
      {error != null && <ProblemView error={error} />}
      {run.data && (
        <>
          <span className={classes.title}>{subjectOf(run.data) ?? t('runs:no_key')}</span>
          <RunMark status={run.data.status} />
          {LASTS.includes(run.data.status) && <LiveMark open={open} />}
          {strange && (
            <span className="soft">{t('overlay:other_version', { version: run.data.version })}</span>
          )}
        </>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconArrowLeft size={16} aria-hidden />}
        renderRoot={(props) => <Link to="/runs/$runId" params={{ runId: id }} {...props} />}
      >
        {t('overlay:back_to_run')}
      </Button>
      {hasEvent && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconFlask size={16} aria-hidden />}
          onClick={() => leave({ sample: id })}
        >
          {t('overlay:use_data')}
        </Button>
      )}
    </Dock>
  );
}
