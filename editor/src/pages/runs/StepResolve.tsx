/** Settles an effect whose end nobody saw: a person says whether it happened. Knows no effect. */
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import { resolveRun } from '@/api/runs';
import type { RunView, StepView } from '@/api/schema.gen';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import classes from './Timeline.module.css';

export function StepResolve({ run, step }: { run: RunView; step: StepView }) {
  const { t } = useTranslation('runs');
  const client = useQueryClient();
  const may = useMay('operate');
  const settle = useMutation({
    mutationFn: (happened: boolean) => resolveRun(run.id, step.step, happened),
    onSuccess: () => {
      toast(t('told.resolve'));
      return client.invalidateQueries({ queryKey: ['run', run.id] });
    },
  });
  if (!may || step.status !== 'unknown') return null;
  return (
    <div className={classes.box}>
      <p>{t('resolve.words')}</p>
      <div className={classes.buttons}>
        <Button size="xs" variant="default" loading={settle.isPending} onClick={() => settle.mutate(true)}>
          {t('resolve.happened')}
        </Button>
        <Button size="xs" variant="default" loading={settle.isPending} onClick={() => settle.mutate(false)}>
          {t('resolve.not')}
        </Button>
      </div>
      {settle.isError && <ProblemView error={settle.error} />}
    </div>
  );
}
