/**
 * The panel beside the view: whose it is, how keyboard and focus get in and out. On a phone it covers the view.
 *
 * Its forms load when it first opens. Knows which card is open; never a form.
 */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { part } from '@/api/part';
import { END, placeOf, TRIGGER } from '@/model';
import { useDraftParts, useUi } from '../draft';
import { goTo } from '../ui';
import classes from './Frame.module.css';
import { useFieldFocus, useKeptFocus, usePanelKeys, useUndoKeys } from './focus';

const load = () => part(() => import('./Content'));
const Content = lazy(async () => ({ default: (await load()).Content }));

export function Panel({ narrow }: { narrow: boolean }) {
  const { ui, session } = useDraftParts();
  const key = useUi((state) => state.panel);
  useEffect(() => {
    const idle = setTimeout(() => void load().catch(() => undefined), 1500);
    return () => clearTimeout(idle);
  }, []);
  useEffect(() => {
    // A step that is gone has no panel; one that is renamed is looked at under its new name by then.
    const look = () => {
      const { panel } = ui.get();
      const isStep = panel !== undefined && !isEdge(panel);
      if (isStep && !placeOf(session.document, panel)) ui.set({ panel: undefined });
    };
    return session.store.subscribe(() => queueMicrotask(look));
  }, [session, ui]);
  if (key === undefined) return null;
  return (
    <Suspense>
      <Opened key={key} card={key} narrow={narrow} />
    </Suspense>
  );
}

/** The trigger's and the end's cards stand for the document's own fields. */
function isEdge(key: string): boolean {
  return key === TRIGGER || key === END;
}

function Opened({ card, narrow }: { card: string; narrow: boolean }) {
  const { ui } = useDraftParts();
  const { t } = useTranslation('panel');
  const panel = useRef<HTMLElement>(null);
  const close = useMemo(() => () => goTo(ui, ui.get().panel ?? ui.get().current, { panel: undefined }), [ui]);
  usePanelKeys(panel, narrow, close);
  useFieldFocus(panel);
  useUndoKeys(panel);
  useKeptFocus(panel);
  const content = (
    <Suspense fallback={<Bones />}>
      <Content card={card} narrow={narrow} close={close} />
    </Suspense>
  );
  if (!narrow) {
    return (
      <aside ref={panel} className={classes.panel} data-panel aria-label={t('label')}>
        {content}
      </aside>
    );
  }
  return (
    <section
      ref={panel}
      className={classes.panel}
      data-narrow
      data-panel
      role="dialog"
      aria-modal="true"
      aria-label={t('label')}
    >
      {content}
    </section>
  );
}

function Bones() {
  return (
    <div className={classes.fields} aria-busy="true">
      <Skeleton height={40} />
      <Skeleton height={36} />
      <Skeleton height={36} />
    </div>
  );
}
