/** The steps of a run in the order they went. Knows what a step tells of itself; never a node kind. */
import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RunView, StepView } from '@/api/schema.gen';
import { useFormats } from '@/i18n/use-lang';
import { Mark } from '@/ui/Mark';
import { StepData } from '@/widgets/run/StepData';
import { durationOf, stepStatus, stepTone } from '@/widgets/run/story';
import { useKindTitle } from '@/widgets/run/titles';
import { Why } from '@/widgets/run/Why';
import { StepAsk } from './StepAsk';
import { StepResolve } from './StepResolve';
import classes from './Timeline.module.css';

export function Timeline({ run, steps }: { run: RunView; steps: StepView[] | undefined }) {
  const { t } = useTranslation('runs');
  if (steps === undefined) return <Skeleton height={220} radius={12} />;
  if (steps.length === 0) return <p className="soft">{t('no_steps')}</p>;
  return (
    <ol className={classes.line}>
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the history only grows, and one step may be in it twice
        <Step key={`${step.step}.${index + 1}`} run={run} step={step} />
      ))}
    </ol>
  );
}

function Step({ run, step }: { run: RunView; step: StepView }) {
  const { t } = useTranslation('runs');
  const show = useFormats();
  const title = useKindTitle()(step.kind);
  const took = durationOf(step);
  return (
    <li className={classes.step} data-tone={stepTone(step)}>
      <article className={classes.card} aria-label={`${title} · ${step.step}`}>
        <header className={classes.head}>
          <span className={classes.title}>{title}</span>
          <span className={classes.id}>{step.step}</span>
          <Mark tone={stepTone(step)}>{t(`step.${stepStatus(step)}`)}</Mark>
          {step.attempt > 1 && <span className="soft">{t('attempt', { count: step.attempt })}</span>}
          <span className={classes.when}>
            <time dateTime={step.started_at} title={show.moment(step.started_at)}>
              {show.time(step.started_at)}
            </time>
            {took !== undefined && ` · ${show.span(took)}`}
          </span>
        </header>
        <Why step={step} />
        <StepAsk run={run} step={step} />
        <StepResolve run={run} step={step} />
        <StepData step={step} />
      </article>
    </li>
  );
}
