/** What the flow asks of each shop before it can run: how much is answered, and the form for it. Knows questions only. */
import { Button } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/catalog';
import { asApiError } from '@/api/problem';
import { setInputs } from '@/api/workflows';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { Widgets } from '@/widgets/form/registry';
import { SchemaForm } from '@/widgets/form/SchemaForm';
import { useDocument, useDraftParts } from '../draft';
import { PANEL_WIDGETS } from '../panel/fields';
import { type Answers, answersTo, questionsOf, unanswered } from './answers';
import classes from './Publish.module.css';
import { answersQuery } from './requests';

export function AnswersPart() {
  const { t } = useTranslation('publish');
  const { workflow } = useDraftParts();
  const document = useDocument();
  const { data: answers } = useQuery(answersQuery(workflow.id));
  const [open, setOpen] = useState(false);
  const questions = questionsOf(document);
  if (!questions || !answers) return null;
  const left = unanswered(document, answers).length;
  return (
    <section className={classes.answers} data-missing={(left > 0 && !open) || undefined}>
      <div>
        <h3>{t('answers.title')}</h3>
        <p>{left > 0 ? t('answers.left', { count: left }) : t('answers.all')}</p>
      </div>
      {open ? (
        <AnswersForm questions={questions} answers={answers} onClose={() => setOpen(false)} />
      ) : (
        <Button
          variant={left > 0 ? 'filled' : 'default'}
          size="xs"
          leftSection={<IconListCheck size={16} aria-hidden />}
          onClick={() => setOpen(true)}
        >
          {left > 0 ? t('answers.answer') : t('answers.see')}
        </Button>
      )}
    </section>
  );
}

interface Props {
  questions: Schema;
  answers: Answers;
  onClose: () => void;
}

function AnswersForm({ questions, answers, onClose }: Props) {
  const { t } = useTranslation(['publish', 'shell']);
  const { workflow, session, mayEdit } = useDraftParts();
  const document = useDocument();
  const client = useQueryClient();
  const [value, setValue] = useState<Answers>(answers);
  const save = useMutation({
    mutationFn: async () => {
      // The questions must be the server's before it takes the answers, and they make a revision of their own.
      await session.flush();
      await setInputs(workflow.id, { ...answersTo(document, value) });
      await session.refresh();
    },
    onSuccess: () => {
      toast(t('publish:answers.saved'));
      void client.invalidateQueries({ queryKey: answersQuery(workflow.id).queryKey });
      void client.invalidateQueries({ queryKey: ['rehearsal', workflow.id] });
      onClose();
    },
  });
  return (
    <form
      className={classes.answersForm}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Widgets add={PANEL_WIDGETS}>
        <SchemaForm
          schema={questions}
          value={value}
          onChange={setValue}
          path="inputs"
          errors={save.error ? asApiError(save.error).errors : []}
          disabled={!mayEdit}
        />
      </Widgets>
      {save.error && <ProblemView error={save.error} />}
      <div className={classes.foot}>
        <span className={classes.gap} />
        <Button variant="default" onClick={onClose}>
          {t('shell:cancel')}
        </Button>
        <Button type="submit" loading={save.isPending} disabled={!mayEdit}>
          {t('publish:answers.save')}
        </Button>
      </div>
    </form>
  );
}
