/** The panel's head for a step: picture, what it is, and its name, which can be changed. Knows no form. */
import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { kindOf, kindPhrase, type Place, referencesTo, renameStep, textAt } from '@/model';
import { useDraftParts, usePerform, useReadOnly } from '../../draft';
import { StepIcon, useStepPicture } from '../../palette/icons';
import { useSay, useTitles } from '../../say';
import classes from '../Frame.module.css';

export function StepHead({ place }: { place: Place }) {
  const { t } = useTranslation('panel');
  const picture = useStepPicture();
  const readOnly = useReadOnly();
  const say = useSay();
  const titles = useTitles();
  const [isRenaming, setRenaming] = useState(false);
  const { step, key } = place;
  const kind = kindOf(step);
  const action = kind === 'action' ? (textAt(step, 'action') ?? '') : '';
  return (
    <>
      <StepIcon {...picture(step)} />
      <div className={classes.titles}>
        <h2 className={classes.title} tabIndex={-1}>
          {action === '' ? say(kindPhrase(step)) : titles.action(action)}
        </h2>
        {isRenaming ? (
          <Rename id={key} onDone={() => setRenaming(false)} />
        ) : (
          <p className={classes.name}>
            <code>{key}</code>
            {!readOnly && (
              <Tooltip label={t('rename.open')}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={26}
                  aria-label={t('rename.open')}
                  onClick={() => setRenaming(true)}
                >
                  <IconPencil size={15} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </p>
        )}
      </div>
    </>
  );
}

function Rename({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTranslation('panel');
  const { session, ui } = useDraftParts();
  const perform = usePerform();
  const say = useSay();
  const note = useId();
  const [typed, setTyped] = useState(id);
  const built = renameStep(session.document, id, typed);
  const count = referencesTo(session.document, id).length;
  const give = () => {
    if (!built.ok || !perform(built)) return;
    ui.set({ current: typed, selected: new Set([typed]), panel: typed, field: undefined });
    onDone();
  };
  return (
    <form
      className={classes.rename}
      onSubmit={(event) => {
        event.preventDefault();
        give();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onDone();
      }}
    >
      <TextInput
        aria-label={t('rename.label')}
        aria-describedby={note}
        autoFocus
        data-own-undo
        size="xs"
        value={typed}
        error={built.ok ? undefined : say(built.error)}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" disabled={!built.ok}>
        {t('rename.give')}
      </Button>
      <p id={note} className={classes.note}>
        {t('rename.references', { count })}
      </p>
    </form>
  );
}
