/**
 * What is drawn over the cards: numbers, a run, a rehearsal or what would be published, one at a time.
 *
 * Knows marks by the step they are on; never where they come from.
 */
import type { StepId } from '@/model';
import type { Tone } from '@/ui/Mark';
import type { DraftParts } from '../draft';
import type { DraftSession } from '../session/session';
import { makeStore, type Store } from '../store';

export type OverlayKind = 'none' | 'numbers' | 'run' | 'rehearsal' | 'changes';

/** One small sign on a card. */
export interface Chip {
  readonly tone: Tone;
  readonly words: string;
  /** The whole of it, for a pointer that rests and for a voice. */
  readonly whole?: string;
  readonly icon?: 'people' | 'clock' | 'alert' | 'ways';
  readonly pulse?: boolean;
}

export type Marks = ReadonlyMap<StepId, readonly Chip[]>;

export interface Overlay {
  readonly kind: OverlayKind;
  readonly marks: Marks;
}

const NONE: Overlay = { kind: 'none', marks: new Map() };
const stores = new WeakMap<DraftSession, Store<Overlay>>();

/** The one overlay of a page. */
export function overlayOf(session: DraftSession): Store<Overlay> {
  let store = stores.get(session);
  if (!store) {
    store = makeStore(NONE);
    stores.set(session, store);
  }
  return store;
}

type Parts = Pick<DraftParts, 'session' | 'ui'>;

/** Puts marks on the cards and makes room for them; whatever was there goes. */
export function showOverlay({ session, ui }: Parts, kind: OverlayKind, marks: Marks = NONE.marks): void {
  overlayOf(session).set({ kind, marks });
  if (!ui.get().extras) ui.set({ extras: true });
}

/** Takes the marks away, if they are still the ones of this kind. */
export function hideOverlay({ session, ui }: Parts, kind: OverlayKind): void {
  const store = overlayOf(session);
  if (store.get().kind !== kind) return;
  store.set(NONE);
  ui.set({ extras: false });
}
