/**
 * The draft as every part of the page sees it: document, history, problems, selection, sample, save state, and
 * the one way to change it.
 *
 * Knows the session and the model; never a view. `useDraft()` follows everything, `useDraftPart(select)` one thing.
 */
import { createContext, useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkflowView } from '@/api/schema.gen';
import {
  type Built,
  type Catalog,
  type Document,
  type Operation,
  type Phrase,
  placeAt,
  type StepId,
  TRIGGER,
} from '@/model';
import { toast } from '@/ui/toast';
import type { Sample } from './sample/sample';
import { useSay } from './say';
import type { DraftState, Problem } from './session/parts';
import type { Presence, PresenceState } from './session/presence';
import type { DraftSession } from './session/session';
import { useStore } from './store';
import { goTo, type Ui, type UiState } from './ui';

export interface DraftParts {
  /** As it was loaded: name, version, inputs. The document in it is old as soon as somebody edits. */
  readonly workflow: WorkflowView;
  readonly catalog: Catalog;
  readonly session: DraftSession;
  readonly presence: Presence;
  readonly ui: Ui;
  /** Whether this person's role allows edits. */
  readonly mayEdit: boolean;
}

const Context = createContext<DraftParts | undefined>(undefined);
export const DraftContext = Context.Provider;

export function useDraftParts(): DraftParts {
  const parts = useContext(Context);
  if (!parts) throw new Error('useDraftParts outside of a draft');
  return parts;
}

export function useDraftPart<S>(select: (state: DraftState) => S): S {
  return useStore(useDraftParts().session.store, select);
}

export function useUi<S>(select: (state: UiState) => S): S {
  return useStore(useDraftParts().ui, select);
}

export function usePresence<S>(select: (state: PresenceState) => S): S {
  return useStore(useDraftParts().presence.store, select);
}

export function useDocument(): Document {
  return useDraftPart((state) => state.history.document);
}

/** Whether edits are refused: by the role, or because somebody else edits. */
export function useReadOnly(): boolean {
  const { mayEdit } = useDraftParts();
  const held = usePresence((state) => state.holder !== undefined);
  return !mayEdit || held;
}

/** Does what a builder of the model gave; a refusal is told. `true` when it was done. */
export function usePerform(): (built: Built, reveal?: boolean) => boolean {
  const { session, ui } = useDraftParts();
  const readOnly = useReadOnly();
  const say = useSay();
  const { t } = useTranslation('editor');
  return (built, reveal = false) => {
    if (readOnly) {
      toast(t('read_only'));
      return false;
    }
    if (!built.ok) {
      toast(say(built.error));
      return false;
    }
    const done = session.perform(built.value);
    const [first] = built.value.select ?? [];
    if (done && reveal && first !== undefined) goTo(ui, first, { selected: new Set(built.value.select) });
    return done;
  };
}

export interface Draft extends DraftParts {
  readonly document: Document;
  readonly rev: number;
  /** What undo and redo would do; `undefined` when there is nothing. */
  readonly undoes: Phrase | undefined;
  readonly redoes: Phrase | undefined;
  readonly problems: readonly Problem[];
  readonly save: DraftState['save'];
  readonly error: unknown;
  readonly selection: ReadonlySet<StepId>;
  readonly readOnly: boolean;
  readonly sample: Sample;
  /** Does an operation of the model, or tells why not. */
  perform(built: Built | Operation): boolean;
  undo(): void;
  redo(): void;
  /** Brings everything to the server now. */
  flush(): Promise<void>;
}

const SampleContext = createContext<Sample | undefined>(undefined);
export const SampleProvider = SampleContext.Provider;

/** The event that expressions are tried on. */
export function useSample(): Sample {
  const sample = useContext(SampleContext);
  if (!sample) throw new Error('useSample outside of a draft');
  return sample;
}

export function useDraft(): Draft {
  const parts = useDraftParts();
  const state = useDraftPart((all) => all);
  const selection = useUi((ui) => ui.selected);
  const readOnly = useReadOnly();
  const sample = useSample();
  const does = usePerform();
  const { session } = parts;
  return useMemo(
    () => ({
      ...parts,
      document: state.history.document,
      rev: state.rev,
      undoes: state.history.undo.at(-1)?.label,
      redoes: state.history.redo.at(-1)?.label,
      problems: state.problems,
      save: state.save,
      error: state.error,
      selection,
      readOnly,
      sample,
      perform: (built) => does('ok' in built ? built : { ok: true, value: built }),
      undo: () => session.undo(),
      redo: () => session.redo(),
      flush: () => session.flush(),
    }),
    [parts, state, selection, readOnly, sample, does, session],
  );
}

const NONE: readonly Problem[] = [];
const sorted = new WeakMap<readonly Problem[], { document: Document; found: Map<StepId, Problem[]> }>();

/** The problems by the step they belong to; what lies before the steps is under `TRIGGER`. */
export function problemsBySteps(
  document: Document,
  problems: readonly Problem[],
): ReadonlyMap<StepId, readonly Problem[]> {
  const known = sorted.get(problems);
  if (known?.document === document) return known.found;
  const found = new Map<StepId, Problem[]>();
  for (const problem of problems) {
    const key = placeAt(document, problem.path)?.key ?? TRIGGER;
    found.set(key, [...(found.get(key) ?? []), problem]);
  }
  sorted.set(problems, { document, found });
  return found;
}

/** The problems of one step, or of `TRIGGER`. */
export function useStepProblems(key: string): readonly Problem[] {
  return useDraftPart(
    ({ history, problems }) => problemsBySteps(history.document, problems).get(key) ?? NONE,
  );
}
