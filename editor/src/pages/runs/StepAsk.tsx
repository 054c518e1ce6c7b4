/** Answers the question a step asks. Knows the answers it offers and nothing of what follows. */
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import { answerRun } from '@/api/runs';
import type { RunView, StepView } from '@/api/schema.gen';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { answersOf } from '@/widgets/run/story';
import classes from './Timeline.module.css';

export function StepAsk({ run, step }: { run: RunView; step: StepView }) {
  const { t } = useTranslation('runs');
  const client = useQueryClient();
  const may = useMay('operate');
  const answer = useMutation({
    mutationFn: (name: string) => answerRun(run.id, step.step, name),
    onSuccess: () => {
      toast(t('told.answer'));
      return client.invalidateQueries({ queryKey: ['run', run.id] });
    },
  });
  const answers = answersOf(step);
  if (!may || answers.length === 0) return null;
  return (
    <div className={classes.box}>
      <p>{t('ask.words')}</p>
      <div className={classes.buttons}>
        {answers.map(([name, words]) => (
          <Button
            key={name}
            size="xs"
            variant="default"
            loading={answer.isPending && answer.variables === name}
            onClick={() => answer.mutate(name)}
          >
            {words}
          </Button>
        ))}
      </div>
      {answer.isError && <ProblemView error={answer.error} />}
    </div>
  );
}
