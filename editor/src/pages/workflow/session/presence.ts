/**
 * Who else has this workflow open, and whose turn it is to edit.
 *
 * Asks again and again; when the server cannot tell, everybody may edit and the merge keeps them apart. Knows no React.
 */
import { makeStore } from '../store';
import type { Timers } from './parts';
import { post, postAtLast } from './transport';

const BEAT_MS = 10_000;

export interface Present {
  readonly editor: string;
  readonly user_id: string;
  readonly name: string;
  readonly editing: boolean;
  readonly since: string;
}

export interface PresenceState {
  readonly others: readonly Present[];
  /** Whoever else edits; we only watch then. */
  readonly holder: Present | undefined;
}

export type Beat = (editing: boolean, takeOver: boolean) => Promise<{ editors: readonly Present[] }>;

export function presenceOf(workflow: string, editor: string): Beat {
  const path = `/workflows/${workflow}/presence`;
  return (editing, take_over) => post(path, { editor, editing, take_over });
}

/** Says that this page edits no longer, also while it is being closed. */
export function goneFrom(workflow: string, editor: string): () => void {
  const body = { editor, editing: false, take_over: false };
  return () => void postAtLast(`/workflows/${workflow}/presence`, body).catch(() => undefined);
}

export class Presence {
  readonly store = makeStore<PresenceState>({ others: [], holder: undefined });
  private cancel: (() => void) | undefined;
  private stopped = false;

  constructor(
    private readonly beat: Beat,
    private readonly editor: string,
    private readonly timers: Timers,
    /** Called at each beat while somebody else edits. */
    private readonly watched: () => void,
    private readonly gone: () => void,
  ) {}

  start(mayEdit: boolean): void {
    this.stopped = false;
    void this.tell(mayEdit, false);
  }

  async takeOver(): Promise<void> {
    this.cancel?.();
    await this.tell(true, true);
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
    this.gone();
  }

  private async tell(mayEdit: boolean, takeOver: boolean): Promise<void> {
    try {
      const { editors } = await this.beat(mayEdit, takeOver);
      if (this.stopped) return;
      const others = editors.filter((one) => one.editor !== this.editor);
      const mine = editors.find((one) => one.editor === this.editor);
      const holder = mine?.editing ? undefined : others.find((one) => one.editing);
      const before = this.store.get();
      if (
        JSON.stringify(before.others) !== JSON.stringify(others) ||
        before.holder?.editor !== holder?.editor
      ) {
        this.store.set({ others, holder });
      }
      if (holder) this.watched();
    } catch {
      if (!this.stopped && this.store.get().holder) this.store.set({ others: [], holder: undefined });
    }
    if (this.stopped) return;
    this.cancel = this.timers.after(BEAT_MS, () => void this.tell(mayEdit, false));
  }
}
