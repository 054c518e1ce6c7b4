/** Puts the page together: the session of a draft, the bar, the view that is looked at, the panel beside it. Draws no step. */
import { useMediaQuery } from '@mantine/hooks';
import { Suspense, use, useEffect, useMemo, useState } from 'react';
import { reach } from '@/api/reach';
import type { WorkflowView } from '@/api/schema.gen';
import { type Catalog, type Document, TRIGGER } from '@/model';
import { Bones } from '@/ui/PageBones';
import { Bar } from './bar/Bar';
import { ConflictDialog } from './bar/ConflictDialog';
import { PresenceBanner } from './bar/PresenceBanner';
import { Canvas } from './canvas/Canvas';
import { CatalogContext } from './catalog';
import { DraftContext, type DraftParts, SampleProvider, useDocument, useDraftParts, useUi } from './draft';
import classes from './Editor.module.css';
import { useShortcuts } from './keys';
import { MetricsProvider } from './metrics';
import { Outline } from './outline/Outline';
import { AddDialog } from './palette/AddDialog';
import { Guide, useIsBlank } from './palette/Guide';
import { Panel } from './panel/Panel';
import { VIEWS } from './parts';
import { useSampleOf } from './sample/sample';
import { browserKeeper } from './session/keeper';
import { goneFrom, Presence, presenceOf } from './session/presence';
import { DraftSession } from './session/session';
import { ownTab } from './session/tab';
import { draftTransport } from './session/transport';
import { Announcer } from './steps/Announcer';
import { AskDialog } from './steps/AskDialog';
import { KeysDialog } from './steps/KeysDialog';
import { SelectionBar } from './steps/SelectionBar';
import { StepMenu } from './steps/StepMenu';
import { useStanding } from './steps/use-standing';
import { useMadeWords, WordsProvider } from './steps/words';
import { makeUi } from './ui';

/** Narrower than this, the outline is the first view and the panel covers it. */
export const NARROW = '(max-width: 47.99em)';

const TIMERS = {
  now: () => Date.now(),
  after: (ms: number, call: () => void) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

interface Props {
  workflow: WorkflowView;
  catalog: Catalog;
  mayEdit: boolean;
}

export function Editor({ workflow, catalog, mayEdit }: Props) {
  const tab = use(ownTab());
  const [made] = useState(() => begin(workflow, tab));
  const { session, presence, keeper, ui } = made;
  const parts = useMemo<DraftParts>(
    () => ({ workflow, catalog, session, presence, ui, mayEdit }),
    [workflow, catalog, session, presence, ui, mayEdit],
  );
  useEffect(() => {
    session.start();
    presence.start(mayEdit);
    const unsubscribe = reach.subscribe(() => {
      if (!reach.isAway() && session.store.get().save === 'offline') session.retry();
    });
    // Who closes the tab makes room at once for whoever waits; a page that comes back from the cache is there again.
    const leave = () => presence.stop();
    const back = ({ persisted }: PageTransitionEvent) => persisted && presence.start(mayEdit);
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', back);
    return () => {
      window.removeEventListener('pagehide', leave);
      window.removeEventListener('pageshow', back);
      unsubscribe();
      presence.stop();
      session.close();
    };
  }, [session, presence, mayEdit]);
  useEffect(() => keeper.beat(), [keeper]);
  return (
    <CatalogContext value={catalog}>
      <DraftContext value={parts}>
        <MetricsProvider>
          <Sampled>
            <Page />
          </Sampled>
        </MetricsProvider>
      </DraftContext>
    </CatalogContext>
  );
}

function begin(workflow: WorkflowView, tab: string) {
  const keeper = browserKeeper(workflow.id, tab);
  const server = { document: workflow.document as Document, rev: workflow.rev };
  const session = new DraftSession(draftTransport(workflow.id), keeper, TIMERS, server);
  const refresh = () => void session.refresh().catch(() => undefined);
  const presence = new Presence(
    presenceOf(workflow.id, tab),
    tab,
    TIMERS,
    refresh,
    goneFrom(workflow.id, tab),
  );
  const narrow = typeof matchMedia === 'function' && matchMedia(NARROW).matches;
  return { session, presence, keeper, ui: makeUi(narrow ? 'outline' : 'canvas', TRIGGER) };
}

/** Words and events are the same for every part of the page, and made once. The event expressions are tried on follows the trigger only. */
function Sampled({ children }: { children: React.ReactNode }) {
  const { workflow, catalog } = useDraftParts();
  const sample = useSampleOf(workflow.id, useDocument(), catalog);
  const words = useMadeWords();
  return (
    <SampleProvider value={sample}>
      <WordsProvider value={words}>{children}</WordsProvider>
    </SampleProvider>
  );
}

function Coming() {
  return (
    <div className={classes.coming}>
      <Bones />
    </div>
  );
}

function Page() {
  const view = useUi((ui) => ui.view);
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  const isBlank = useIsBlank();
  useShortcuts();
  useStanding();
  const Other = VIEWS.find((each) => each.id === view)?.Component;
  return (
    <div className={classes.page}>
      <Bar narrow={narrow === true} />
      <PresenceBanner />
      <div className={classes.body}>
        <div className={classes.view}>
          <Suspense fallback={<Coming />}>
            {Other ? <Other /> : isBlank ? <Guide /> : view === 'outline' ? <Outline /> : <Canvas />}
          </Suspense>
          {!Other && <SelectionBar />}
        </div>
        <Panel narrow={narrow === true} />
      </div>
      <AddDialog />
      <StepMenu />
      <AskDialog />
      <KeysDialog />
      <ConflictDialog />
      <Announcer />
    </div>
  );
}
