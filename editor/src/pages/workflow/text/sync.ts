/**
 * One text beside the draft: what somebody types becomes operations, what changes elsewhere comes into the text,
 * and the text with its comments is what the server stores.
 *
 * A text that does not parse changes nothing and is kept, over reloads too. Knows no editor, no HTTP and no clock.
 */
import {
  type Document,
  equal,
  identical,
  isObject,
  type Json,
  merge,
  phrase,
  readText,
  setDocument,
  type TextError,
} from '@/model';
import { patchesBetween } from '../session/between';
import type { Timers } from '../session/parts';
import type { DraftSession } from '../session/session';
import { makeStore, type Store } from '../store';
import { retext } from './retext';

/** A pause in typing after which the text is read, */
export const READ_MS = 350;
/** and one after which it is stored with its comments. */
export const STORE_MS = 900;
/** What could not be stored is tried again after so long, */
const AGAIN_MS = 4000;
/** and so often when nobody looks at the text any more: it is kept for the next time. */
const UNSEEN_TRIES = 5;

export interface Source {
  readonly text: string;
  readonly rev: number;
}

export interface Sources {
  load(): Promise<Source>;
  /** Gives the new revision, or `stale` when the draft has another one than the source says. */
  put(source: Source): Promise<number | 'stale'>;
}

/** A text that the server does not have yet, and the document it was written on. */
export interface KeptText {
  readonly text: string;
  readonly agreed: Document;
}

export interface TextKeeper {
  read(): KeptText | undefined;
  write(kept: KeptText | undefined): void;
}

export interface TextState {
  /** `undefined` until the server has given it. */
  readonly text: string | undefined;
  /** Why the text cannot be read. */
  readonly faults: readonly TextError[];
  /** Whether the server has it letter for letter. */
  readonly stored: boolean;
  readonly error: unknown;
}

type Session = Pick<DraftSession, 'document' | 'store' | 'perform' | 'flush' | 'refresh'>;

export class TextSync {
  readonly store: Store<TextState> = makeStore<TextState>({
    text: undefined,
    faults: [],
    stored: true,
    error: undefined,
  });
  /** What text and draft agreed upon last. */
  private agreed: Document;
  /** The revision whose text is known. */
  private known: number | undefined;
  private unread = false;
  private own = false;
  private cancelRead: (() => void) | undefined;
  private cancelSave: (() => void) | undefined;
  private unsubscribe: (() => void) | undefined;
  private busy = false;
  private tries = Number.POSITIVE_INFINITY;

  constructor(
    private readonly session: Session,
    private readonly sources: Sources,
    private readonly keeper: TextKeeper,
    private readonly timers: Timers,
    /** Whether edits are allowed at present: a text that was kept waits until they are. */
    private readonly mayWrite: () => boolean,
  ) {
    this.agreed = session.document;
  }

  /** Brings the text, or what was typed before and is not stored yet. */
  async start(): Promise<void> {
    this.unsubscribe?.();
    this.unsubscribe = this.session.store.subscribe(() => this.follow());
    this.tries = Number.POSITIVE_INFINITY;
    const kept = this.mayWrite() ? this.keeper.read() : undefined;
    if (kept) {
      this.agreed = kept.agreed;
      this.store.set({ text: kept.text, stored: false, error: undefined });
      this.read();
      return;
    }
    try {
      await this.session.flush();
      this.take(await this.sources.load());
    } catch (error) {
      this.store.set({ error });
    }
  }

  /** Reads what is typed, and goes on storing it without being looked at. */
  stop(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.tries = UNSEEN_TRIES;
    this.cancelRead?.();
    if (this.unread) this.read();
    this.cancelSave?.();
    if (!this.store.get().stored) void this.save();
  }

  typed(text: string): void {
    this.unread = true;
    this.store.set({ text, stored: false });
    this.keep();
    this.cancelRead?.();
    this.cancelRead = this.timers.after(READ_MS, () => this.read());
  }

  /** Tries again what did not work. */
  async retry(): Promise<void> {
    this.store.set({ error: undefined });
    if (this.store.get().text === undefined) await this.start();
    else await this.save();
  }

  private keep(): void {
    const { text, stored } = this.store.get();
    this.keeper.write(stored || text === undefined ? undefined : { text, agreed: this.agreed });
  }

  private saveAfter(ms: number): void {
    this.cancelSave?.();
    this.tries -= 1;
    if (this.tries < 0) return;
    this.cancelSave = this.timers.after(ms, () => void this.save());
  }

  /** Makes the text's document the draft's, together with what changed elsewhere meanwhile. */
  private read(): void {
    const { text } = this.store.get();
    if (text === undefined) return;
    this.unread = false;
    const read = readText(text);
    const document = read.ok ? asDocument(read.value) : undefined;
    if (!document) {
      this.store.set({ faults: read.ok ? NO_MAP : read.error });
      return;
    }
    const draft = this.session.document;
    const next = equal(this.agreed, draft) ? document : merge(this.agreed, document, draft).document;
    this.adopt(next);
    this.agreed = next;
    this.store.set({ faults: [], text: next === document ? text : retext(text, next) });
    this.keep();
    this.saveAfter(STORE_MS);
  }

  private adopt(next: Document): void {
    const draft = this.session.document;
    if (equal(draft, next)) return;
    this.own = true;
    const operation = { label: phrase('did.text'), patches: patchesBetween(draft, next), coalesce: 'text' };
    if (!this.session.perform(operation)) {
      const whole = setDocument(next);
      if (whole.ok) this.session.perform(whole.value);
    }
    this.own = false;
  }

  /** Stores the text as it is, behind the patches that made its document. */
  private async save(): Promise<void> {
    if (this.busy || this.unread || this.store.get().faults.length > 0) return;
    this.busy = true;
    try {
      await this.session.flush();
      const { rev, save } = this.session.store.get();
      const { text, stored } = this.store.get();
      if (save !== 'saved' || stored || text === undefined || this.unread) return;
      const next = await this.sources.put({ text, rev });
      if (next !== 'stale') {
        this.known = next;
        if (this.store.get().text === text) this.store.set({ stored: true, error: undefined });
        this.keep();
      }
      // The session learns the revision; when somebody else has saved, it merges and the text follows it.
      await this.session.refresh();
    } catch (error) {
      this.store.set({ error });
    } finally {
      this.busy = false;
      if (!this.store.get().stored && !this.unread) this.saveAfter(AGAIN_MS);
    }
  }

  /** What changed elsewhere comes into the text. */
  private follow(): void {
    if (this.own || this.store.get().text === undefined) return;
    const { history, save, rev } = this.session.store.get();
    if (!identical(history.document, this.agreed)) {
      if (this.unread || this.store.get().faults.length > 0) {
        // What is typed and not read yet is merged with it as soon as it can be read.
        if (this.unread) this.read();
        return;
      }
      const { text = '' } = this.store.get();
      this.agreed = history.document;
      this.store.set({ text: retext(text, history.document) });
      this.keep();
    }
    const { stored } = this.store.get();
    if (save !== 'saved' || this.busy) return;
    if (!stored) this.saveAfter(STORE_MS);
    else if (rev !== this.known) void this.reload();
  }

  private async reload(): Promise<void> {
    this.busy = true;
    try {
      const source = await this.sources.load();
      if (this.store.get().stored) this.take(source);
    } catch (error) {
      this.store.set({ error });
    } finally {
      this.busy = false;
    }
  }

  /** The server's text is the one to show, unless the draft is further already. */
  private take(source: Source): void {
    this.known = source.rev;
    const read = readText(source.text);
    const draft = this.session.document;
    const isSame = read.ok && equal(read.value, draft);
    this.agreed = draft;
    this.store.set({
      text: isSame ? source.text : retext(source.text, draft),
      faults: [],
      stored: true,
      error: undefined,
    });
    if (this.mayWrite()) this.keeper.write(undefined);
  }
}

const NO_MAP: readonly TextError[] = [{ code: 'syntax', message: '', line: 1, column: 1 }];

function asDocument(value: Json): Document | undefined {
  return isObject(value) ? value : undefined;
}
