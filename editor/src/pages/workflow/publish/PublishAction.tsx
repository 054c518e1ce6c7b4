/** The button that publishes, and what floats after it: the changes on the cards, the way back. Knows no step. */
import { Button } from '@mantine/core';
import { IconCircleCheck, IconRocket } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { part } from '@/api/part';
import { useDraftPart, useDraftParts } from '../draft';
import { DockPlace } from '../overlay/Dock';
import { hideOverlay, overlayOf, showOverlay } from '../overlay/store';
import { useStore } from '../store';
import classes from './Action.module.css';
import { useIsLive } from './use-is-live';

const PublishDialog = lazy(async () => ({
  default: (await part(() => import('./PublishDialog'))).PublishDialog,
}));
const ChangesDock = lazy(async () => ({ default: (await part(() => import('./ChangesDock'))).ChangesDock }));
const UndoDock = lazy(async () => ({ default: (await part(() => import('./UndoDock'))).UndoDock }));

export function PublishAction() {
  const { t } = useTranslation('publish');
  const parts = useDraftParts();
  const { session, ui, mayEdit } = parts;
  const save = useDraftPart((state) => state.save);
  const kind = useStore(overlayOf(session), (overlay) => overlay.kind);
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState<string>();
  const { isLive, published } = useIsLive();
  if (!mayEdit) return null;
  const begin = async () => {
    await session.flush();
    setOpen(true);
  };
  return (
    <>
      <Button
        size="xs"
        h={36}
        className={classes.button}
        variant={isLive ? 'default' : 'filled'}
        leftSection={
          isLive ? <IconCircleCheck size={17} aria-hidden /> : <IconRocket size={17} aria-hidden />
        }
        disabled={save === 'offline' || save === 'conflict'}
        onClick={() => void begin()}
      >
        {t(isLive ? 'published' : 'open')}
      </Button>
      <Suspense>
        {open && (
          <PublishDialog
            onClose={() => setOpen(false)}
            onShow={() => {
              setOpen(false);
              ui.set({ view: 'canvas' });
              showOverlay(parts, 'changes');
            }}
            onPublished={(version, words) => {
              published(version);
              setOpen(false);
              setDone(words);
              hideOverlay(parts, 'changes');
            }}
          />
        )}
      </Suspense>
      <DockPlace>
        <Suspense>
          {kind === 'changes' && <ChangesDock publish={() => setOpen(true)} />}
          {done !== undefined && <UndoDock words={done} onClose={() => setDone(undefined)} />}
        </Suspense>
      </DockPlace>
    </>
  );
}
