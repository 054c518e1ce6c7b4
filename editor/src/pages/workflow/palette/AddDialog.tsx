/** Chooses a step for a slot, or what starts the workflow. Keyboard first: type, arrows, Enter. Knows entries; never how a step is put in. */
import { Button, Modal } from '@mantine/core';
import { IconClipboard } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type Slot, setHeader, TRIGGER } from '@/model';
import { useDraftParts, usePerform, useUi } from '../draft';
import { useDeeds } from '../steps/deeds';
import { goTo, openPanel } from '../ui';
import classes from './AddDialog.module.css';
import { ChoiceList } from './ChoiceList';
import { useChoices, useTriggers } from './entries';
import type { Trigger } from './triggers';

export function AddDialog() {
  const adding = useUi((ui) => ui.adding);
  const starting = useUi((ui) => ui.starting);
  const { ui } = useDraftParts();
  const { t } = useTranslation('blocks');
  return (
    <Modal
      opened={adding !== undefined || starting}
      onClose={() => {
        ui.set({ adding: undefined, starting: false });
        goTo(ui, ui.get().current);
      }}
      title={starting ? t('start_title') : t('add_title')}
      size={560}
      returnFocus={false}
      centered={false}
      yOffset="8dvh"
      classNames={{ content: classes.content, body: classes.body }}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {starting ? <Starts /> : adding && <Steps slot={adding} />}
    </Modal>
  );
}

function Steps({ slot }: { slot: Slot }) {
  const { t } = useTranslation('blocks');
  const { ui } = useDraftParts();
  const deeds = useDeeds();
  const paste = () => {
    ui.set({ adding: undefined });
    void deeds.pasteAt(slot);
  };
  return (
    <>
      <ChoiceList
        entries={useChoices()}
        label={t('search_steps')}
        focus
        onChoose={(choice) => {
          ui.set({ adding: undefined });
          deeds.put(choice, slot);
        }}
      />
      <div className={classes.foot}>
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          leftSection={<IconClipboard size={16} />}
          onClick={paste}
        >
          {t('paste_here')}
        </Button>
      </div>
    </>
  );
}

function Starts() {
  const { t } = useTranslation('blocks');
  const { session, ui } = useDraftParts();
  const perform = usePerform();
  const choose = ({ value }: Trigger) => {
    ui.set({ starting: false });
    if (!perform(setHeader(session.document, '/trigger', value))) return;
    goTo(ui, TRIGGER);
    openPanel(ui, TRIGGER, '/trigger');
  };
  return <ChoiceList entries={useTriggers()} label={t('search_starts')} focus onChoose={choose} />;
}
