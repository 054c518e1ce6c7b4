/** What somebody can answer to an alert: seen, later, solved, a note. Knows the answers; never what caused it. */
import { Button, Menu, Modal, Textarea } from '@mantine/core';
import { IconCheck, IconChevronDown, IconEye, IconNote, IconZzz } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlertView } from '@/api/sensors';
import classes from './Alerts.module.css';
import { useAnswer } from './answers';

const SNOOZES = [15, 30, 60, 240, 720] as const;

export function AlertAnswers({ alert }: { alert: AlertView }) {
  const { t } = useTranslation('alerts');
  const answer = useAnswer(alert);
  const [writing, setWriting] = useState<'solve' | 'note'>();
  const isNew = alert.state === 'active' || alert.state === 'snoozed';
  return (
    <div className={classes.answers}>
      {isNew && (
        <Button
          leftSection={<IconEye size={18} aria-hidden />}
          loading={answer.isPending && answer.variables.kind === 'acknowledge'}
          onClick={() => answer.mutate({ kind: 'acknowledge' })}
        >
          {t('answer.acknowledge')}
        </Button>
      )}
      <Button
        variant={isNew ? 'default' : 'filled'}
        leftSection={<IconCheck size={18} aria-hidden />}
        onClick={() => setWriting('solve')}
      >
        {t('answer.solve')}
      </Button>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconZzz size={18} aria-hidden />}
            rightSection={<IconChevronDown size={16} aria-hidden />}
          >
            {t('answer.snooze')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {SNOOZES.map((minutes) => (
            <Menu.Item key={minutes} onClick={() => answer.mutate({ kind: 'snooze', minutes })}>
              {t(`answer.minutes.${String(minutes) as '15'}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button
        variant="subtle"
        leftSection={<IconNote size={18} aria-hidden />}
        onClick={() => setWriting('note')}
      >
        {t('answer.note')}
      </Button>
      {writing !== undefined && (
        <Writing
          kind={writing}
          onClose={() => setWriting(undefined)}
          onDone={(note) => {
            setWriting(undefined);
            if (writing === 'solve') answer.mutate(note === '' ? { kind: 'solve' } : { kind: 'solve', note });
            else answer.mutate({ kind: 'note', note });
          }}
        />
      )}
    </div>
  );
}

interface WritingProps {
  kind: 'solve' | 'note';
  onClose: () => void;
  onDone: (note: string) => void;
}

function Writing({ kind, onClose, onDone }: WritingProps) {
  const { t } = useTranslation(['alerts', 'shell']);
  const [note, setNote] = useState('');
  const text = note.trim();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`answer.title.${kind}`)}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <form
        className={classes.writing}
        onSubmit={(event) => {
          event.preventDefault();
          onDone(text);
        }}
      >
        <Textarea
          label={t(`answer.label.${kind}`)}
          description={t('answer.help')}
          data-autofocus
          autosize
          minRows={3}
          required={kind === 'note'}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Button type="submit" style={{ justifySelf: 'end' }} disabled={kind === 'note' && text === ''}>
          {t(`answer.${kind}`)}
        </Button>
      </form>
    </Modal>
  );
}
