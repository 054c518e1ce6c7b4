/** Before a draft goes live: what changes, what the checker says, who waits where. Knows no step. */
import { Button, Modal, Skeleton } from '@mantine/core';
import { IconRocket } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { workflowsQuery } from '@/api/workflows';
import { useFormats } from '@/i18n/use-lang';
import { ProblemView } from '@/ui/ProblemView';
import { useDocument, useDraftPart, useDraftParts } from '../draft';
import { AnswersPart } from './AnswersPart';
import { unanswered } from './answers';
import { ChangeList } from './ChangeList';
import { ProblemLinks } from './ProblemLinks';
import classes from './Publish.module.css';
import { answersQuery, type Choice, type Publication, publicationQuery, publish } from './requests';
import { UndoButton } from './UndoButton';
import { type Changes, useChanges } from './use-changes';
import { chosenFor, WaitingList } from './WaitingList';

interface Props {
  onClose: () => void;
  /** Shows the changes on the cards. */
  onShow: () => void;
  /** With the words for what was done. */
  onPublished: (version: number, words: string) => void;
}

export function PublishDialog({ onClose, onShow, onPublished }: Props) {
  const { t } = useTranslation(['publish', 'shell']);
  const { workflow } = useDraftParts();
  const found = useQuery(publicationQuery(workflow.id));
  const changes = useChanges(found.data?.live?.version);
  const error = found.error ?? changes.error;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('publish:title')}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      {error != null ? (
        <ProblemView error={error} retry={() => void found.refetch()} />
      ) : found.data && !changes.loading ? (
        <Body
          publication={found.data}
          changes={changes}
          onClose={onClose}
          onShow={onShow}
          onPublished={onPublished}
        />
      ) : (
        <Skeleton height={260} radius={12} />
      )}
    </Modal>
  );
}

interface BodyProps extends Props {
  publication: Publication;
  changes: Changes;
}

function Body({ publication, changes, onClose, onShow, onPublished }: BodyProps) {
  const { t } = useTranslation(['publish', 'shell']);
  const { workflow, session } = useDraftParts();
  const client = useQueryClient();
  const show = useFormats();
  const save = useDraftPart((state) => state.save);
  const document = useDocument();
  const [chosen, setChosen] = useState<readonly Choice[]>([]);
  const { live, waiting, problems } = publication;
  const choices = waiting.map((at) => chosenFor(chosen, at));
  const go = useMutation({
    mutationFn: async () => {
      await session.flush();
      return publish(
        workflow.id,
        choices.filter((one) => one.choice !== 'finish'),
      );
    },
    onSuccess: ({ version, moved, exited }) => {
      const people = [
        moved > 0 ? t('publish:done_moved', { count: moved }) : '',
        exited > 0 ? t('publish:done_exited', { count: exited }) : '',
      ];
      void client.invalidateQueries({ queryKey: ['publication', workflow.id] });
      void client.invalidateQueries({ queryKey: workflowsQuery.queryKey });
      onPublished(version, [t('publish:is_live', { version }), ...people].filter(Boolean).join(' '));
    },
  });
  const { data: answers } = useQuery(answersQuery(workflow.id));
  const isAsking = answers !== undefined && unanswered(document, answers).length > 0;
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const isUnsaid = choices.some((one) => one.choice === 'move' && one.to === undefined);
  const people = waiting.reduce((sum, at) => sum + at.runs, 0);
  return (
    <div className={classes.body}>
      <section>
        <header className={classes.head}>
          <h3>{t('publish:changes.title')}</h3>
          {live && changes.differences.length > 0 && (
            <Button size="compact-sm" variant="subtle" onClick={onShow}>
              {t('publish:changes.on_canvas')}
            </Button>
          )}
        </header>
        {live ? (
          <>
            <p className="soft">
              {t('publish:live', { version: live.version, moment: show.moment(live.published_at) })}
            </p>
            <ChangeList changes={changes} onGo={onClose} />
          </>
        ) : (
          <p className="soft">{t('publish:first')}</p>
        )}
      </section>
      <section>
        <h3>{t('publish:checks.title')}</h3>
        <ProblemLinks problems={problems} onGo={onClose} />
      </section>
      <AnswersPart />
      {waiting.length > 0 && (
        <section>
          <h3>{t('publish:waiting.title', { count: people })}</h3>
          <p className="soft">{t('publish:waiting.words')}</p>
          <WaitingList waiting={waiting} live={changes.live} chosen={chosen} choose={setChosen} />
        </section>
      )}
      {go.isError && <ProblemView error={go.error} />}
      <footer className={classes.foot}>
        <UndoButton until={publication.undo_until} onUndone={onClose} />
        <span className={classes.gap} />
        <Button variant="default" onClick={onClose}>
          {t('shell:cancel')}
        </Button>
        <Button
          leftSection={<IconRocket size={18} aria-hidden />}
          loading={go.isPending}
          disabled={errors > 0 || isUnsaid || isAsking || save === 'conflict'}
          onClick={() => go.mutate()}
        >
          {t('publish:go')}
        </Button>
      </footer>
      {errors > 0 && <p className={classes.blocked}>{t('publish:blocked', { count: errors })}</p>}
    </div>
  );
}
