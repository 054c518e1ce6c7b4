/** A draft without a server, for tests of components. Only tests import it. */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import i18next from 'i18next';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import type { WorkflowView } from '@/api/schema.gen';
import blocks from '@/i18n/es/blocks.json';
import editor from '@/i18n/es/editor.json';
import model from '@/i18n/es/model.json';
import { type Document, TRIGGER } from '@/model';
import { NO_CATALOG } from './catalog';
import { DraftContext, type DraftParts } from './draft';
import type { Problem } from './session/parts';
import { Presence } from './session/presence';
import { DraftSession } from './session/session';
import { useMadeWords, WordsProvider } from './steps/words';
import { makeUi } from './ui';

const NEVER = () => new Promise<never>(() => undefined);
const TIMERS = { now: () => 0, after: () => () => undefined };

export function draftOf(document: Document, problems: readonly Problem[] = []): DraftParts {
  const session = new DraftSession(
    { load: NEVER, send: NEVER, check: NEVER, verdict: () => 'away' },
    { read: () => undefined, write: () => undefined, clear: () => undefined },
    TIMERS,
    { document, rev: 1 },
  );
  session.store.set({ problems });
  return {
    workflow: {} as WorkflowView,
    catalog: NO_CATALOG,
    session,
    presence: new Presence(
      NEVER,
      'me',
      TIMERS,
      () => undefined,
      () => undefined,
    ),
    ui: makeUi('outline', TRIGGER),
    mayEdit: true,
  };
}

export async function spanish() {
  const i18n = i18next.createInstance();
  await i18n.use(initReactI18next).init({ lng: 'es', resources: { es: { blocks, editor, model } } });
  return i18n;
}

interface Props {
  i18n: Awaited<ReturnType<typeof spanish>>;
  parts: DraftParts;
  children: React.ReactNode;
}

export function Drafted({ i18n, parts, children }: Props) {
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider>
        <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { enabled: false } } })}>
          <DraftContext value={parts}>
            <Worded>{children}</Worded>
          </DraftContext>
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  );
}

function Worded({ children }: { children: React.ReactNode }) {
  return <WordsProvider value={useMadeWords()}>{children}</WordsProvider>;
}
