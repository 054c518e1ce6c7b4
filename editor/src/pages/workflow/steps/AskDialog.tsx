/** The questions about steps that take a dialog: another name, a note, another place. Knows the model's builders. */
import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { placeOf, referencesTo, renameStep, type StepId, setNote, textAt } from '@/model';
import { useDocument, useDraftParts, usePerform, useUi } from '../draft';
import { ChoiceList } from '../palette/ChoiceList';
import type { Entry } from '../palette/entries';
import { useStepPicture } from '../palette/icons';
import { useSay } from '../say';
import { goTo } from '../ui';
import classes from './AskDialog.module.css';
import { useDeeds } from './deeds';
import { type Target, targetsFor } from './places';
import { useWords } from './words';

export function AskDialog() {
  const asking = useUi((state) => state.asking);
  const { ui } = useDraftParts();
  const { t } = useTranslation('editor');
  const close = () => {
    ui.set({ asking: undefined });
    goTo(ui, ui.get().current, { selected: ui.get().selected });
  };
  const [first = ''] = asking?.keys ?? [];
  return (
    <Modal
      opened={asking !== undefined}
      onClose={close}
      title={asking && t(`ask.${asking.what}`, { step: first, count: asking.keys.length })}
      returnFocus={false}
      size={asking?.what === 'move' ? 560 : 'md'}
      classNames={asking?.what === 'move' ? { content: classes.tall, body: classes.body } : {}}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {asking?.what === 'rename' && <Rename id={first} close={close} />}
      {asking?.what === 'note' && <Note id={first} close={close} />}
      {asking?.what === 'move' && <Move keys={asking.keys} close={close} />}
    </Modal>
  );
}

interface Props {
  id: StepId;
  close: () => void;
}

function Rename({ id, close }: Props) {
  const { t } = useTranslation('editor');
  const { session, ui } = useDraftParts();
  const perform = usePerform();
  const say = useSay();
  const [name, setName] = useState(id);
  const built = name === id ? undefined : renameStep(session.document, id, name);
  const uses = referencesTo(session.document, id).length;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const { panel } = ui.get();
        if (built && !perform(built)) return;
        if (built) ui.set({ current: name, selected: new Set([name]) });
        // A panel follows its step to the new name.
        if (built && panel === id) ui.set({ panel: name });
        close();
      }}
    >
      <TextInput
        label={t('ask.name')}
        description={uses > 0 ? t('ask.name_used', { count: uses }) : t('ask.name_help')}
        value={name}
        error={built && !built.ok && name !== '' ? say(built.error) : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Foot close={close} disabled={built !== undefined && !built.ok} />
    </form>
  );
}

function Note({ id, close }: Props) {
  const { t } = useTranslation('editor');
  const { session } = useDraftParts();
  const perform = usePerform();
  const step = placeOf(session.document, id)?.step;
  const [note, set] = useState((step && textAt(step, 'note')) ?? '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        perform(setNote(session.document, id, note.trim()));
        close();
      }}
    >
      <Textarea
        label={t('ask.note_label')}
        description={t('ask.note_help')}
        rows={3}
        value={note}
        onChange={(event) => set(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
            event.currentTarget.form?.requestSubmit();
        }}
        data-autofocus
      />
      <Foot close={close} />
    </form>
  );
}

function Foot({ close, disabled = false }: { close: () => void; disabled?: boolean }) {
  const { t } = useTranslation('editor');
  return (
    <div className={classes.foot}>
      <Button variant="default" onClick={close}>
        {t('ask.cancel')}
      </Button>
      <Button type="submit" disabled={disabled}>
        {t('ask.save')}
      </Button>
    </div>
  );
}

function Move({ keys, close }: { keys: readonly StepId[]; close: () => void }) {
  const { t } = useTranslation('editor');
  const document = useDocument();
  const deeds = useDeeds();
  const words = useWords();
  const picture = useStepPicture();
  const entries = targetsFor(document, keys).map((target): Entry<Target> => {
    const { owner, way, slot } = target;
    const around = owner ? words.step(owner.step).title : '';
    return {
      id: slot.list,
      group: t('ask.places'),
      title: owner && way ? `${around} → ${words.way(way.label)}` : t('ask.top'),
      line: owner ? owner.key : t('ask.top_line'),
      words: [],
      picture: owner ? picture(owner.step) : { block: 'end', use: 'data' },
      item: target,
    };
  });
  return (
    <ChoiceList
      entries={entries}
      label={t('ask.where')}
      focus
      onChoose={({ slot }) => {
        close();
        deeds.move(keys, slot);
      }}
    />
  );
}
