/** The page's head: name, save state, who else is here, undo and redo, the views. Knows no step. */
import { ActionIcon, Menu, NativeSelect, SegmentedControl, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowLeft,
  IconDotsVertical,
  IconSettings,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { field, TRIGGER } from '@/model';
import { takeArrival } from '@/ui/arrival';
import { useDocument, useDraftPart, useDraftParts, useReadOnly, useUi } from '../draft';
import { ACTIONS, VIEWS } from '../parts';
import { useSay } from '../say';
import { openPanel } from '../ui';
import classes from './Bar.module.css';
import { PresenceMarks } from './PresenceBanner';
import { ProblemsButton } from './ProblemsButton';
import { SaveMark } from './SaveMark';

export function Bar({ narrow }: { narrow: boolean }) {
  const { t } = useTranslation(['editor', 'workflows', 'shell']);
  const { ui } = useDraftParts();
  const lang = useLang();
  const name = localText(field(useDocument(), 'name'), lang) ?? t('workflows:nameless');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = t('shell:page_title', { title: name });
  }, [name, t]);
  useEffect(() => {
    if (takeArrival(window.location.pathname)) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <header className={classes.bar}>
      <Link to="/workflows" className={classes.back} aria-label={t('back')}>
        <IconArrowLeft size={20} aria-hidden />
      </Link>
      <div className={classes.names}>
        <h1 className={classes.name} tabIndex={-1} ref={heading}>
          {name}
        </h1>
        <SaveMark />
      </div>
      <PresenceMarks />
      {narrow && (
        <>
          <UndoButtons />
          <More />
        </>
      )}
      <div className={classes.tools}>
        {!narrow && <UndoButtons />}
        {narrow && <Views narrow />}
        <ProblemsButton />
        {!narrow && (
          <>
            <Views />
            <Tooltip label={t('settings')}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t('settings')}
                onClick={() => openPanel(ui, TRIGGER, '/name')}
              >
                <IconSettings size={20} aria-hidden />
              </ActionIcon>
            </Tooltip>
          </>
        )}
        {ACTIONS.map((Action, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is written in the code
          <Action key={index} />
        ))}
      </div>
    </header>
  );
}

/** The views side by side; on a phone, where they do not fit, in the phone's own list. */
function Views({ narrow = false }: { narrow?: boolean }) {
  const { t } = useTranslation('editor');
  const { ui } = useDraftParts();
  const view = useUi((state) => state.view);
  const data = ['canvas', 'outline', ...VIEWS.map((each) => each.id)].map((id) => ({
    value: id,
    label: t(`view.${id}` as 'view.canvas'),
  }));
  const go = (next: string) => ui.set({ view: next });
  if (narrow) {
    return (
      <NativeSelect
        className={classes.pick}
        size="xs"
        aria-label={t('view.label')}
        value={view}
        data={data}
        onChange={(event) => go(event.currentTarget.value)}
      />
    );
  }
  return (
    <SegmentedControl
      className={classes.views}
      size="xs"
      aria-label={t('view.label')}
      value={view}
      onChange={go}
      data={data}
    />
  );
}

function More() {
  const { t } = useTranslation('editor');
  const { ui, session } = useDraftParts();
  const redoes = useDraftPart((state) => state.history.redo.length > 0);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('more')}>
          <IconDotsVertical size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={!redoes} onClick={() => session.redo()}>
          {t('redo')}
        </Menu.Item>
        <Menu.Item onClick={() => openPanel(ui, TRIGGER, '/name')}>{t('settings')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function UndoButtons() {
  const { t } = useTranslation('editor');
  const { session } = useDraftParts();
  const readOnly = useReadOnly();
  const say = useSay();
  const undoes = useDraftPart((state) => state.history.undo.at(-1)?.label);
  const redoes = useDraftPart((state) => state.history.redo.at(-1)?.label);
  const labelled = (word: string, deed: typeof undoes) => (deed ? `${word}: ${say(deed)}` : word);
  return (
    <>
      <Tooltip label={labelled(t('undo'), undoes)}>
        <ActionIcon
          className={classes.quiet}
          variant="subtle"
          color="gray"
          size={36}
          aria-label={labelled(t('undo'), undoes)}
          disabled={!undoes || readOnly}
          onClick={() => session.undo()}
        >
          <IconArrowBackUp size={20} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={labelled(t('redo'), redoes)}>
        <ActionIcon
          className={`${classes.quiet} ${classes.wide}`}
          variant="subtle"
          color="gray"
          size={36}
          aria-label={labelled(t('redo'), redoes)}
          disabled={!redoes || readOnly}
          onClick={() => session.redo()}
        >
          <IconArrowForwardUp size={20} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
