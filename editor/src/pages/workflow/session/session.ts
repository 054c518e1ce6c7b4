/**
 * One draft being edited: its history, and the machine that brings every edit to the server.
 *
 * Edits are sent as patches against a revision, one request in flight. Another revision means: load, merge by
 * block, send again. Knows no React, no HTTP and no clock; all of them are arguments.
 */
import {
  apply,
  begin,
  type Document,
  equal,
  merge,
  type Operation,
  type Patch,
  perform,
  redo,
  type Side,
  setDocument,
  settle,
  undo,
} from '@/model';
import { makeStore, type Store } from '../store';
import { patchesBetween } from './between';
import type { DraftState, Keeper, ServerDraft, Timers, Transport } from './parts';

/** Edits are sent after so long a pause, */
export const PAUSE_MS = 500;
/** but never later than this after the first of them. */
export const LATEST_MS = 2500;
const BACK_MS_FIRST = 1000;
const BACK_MS_MAX = 30_000;

export class DraftSession {
  readonly store: Store<DraftState>;
  /** What the server has. */
  private base: Document;
  /** Not sent yet, on top of what is under way. */
  private pending: readonly Patch[] = [];
  private flying: { readonly patches: readonly Patch[]; readonly document: Document } | undefined;
  private cancelSend: (() => void) | undefined;
  private firstAt: number | undefined;
  private backoff = BACK_MS_FIRST;
  private closed = false;
  private idle: (() => void)[] = [];

  constructor(
    private readonly transport: Transport,
    private readonly keeper: Keeper,
    private readonly timers: Timers,
    server: ServerDraft,
  ) {
    this.base = server.document;
    this.store = makeStore<DraftState>({
      history: begin(server.document),
      rev: server.rev,
      save: 'saved',
      error: undefined,
      problems: [],
      conflict: undefined,
    });
  }

  get document(): Document {
    return this.store.get().history.document;
  }

  get unsent(): readonly Patch[] {
    return [...(this.flying?.patches ?? []), ...this.pending];
  }

  /** Takes up what a reload left unsent, and asks for the problems. */
  start(): void {
    this.closed = false;
    const kept = this.keeper.read();
    if (kept && kept.patches.length > 0) this.takeUp(kept.rev, kept.base, kept.patches);
    this.transport.check().then(
      (problems) => !this.closed && this.store.get().save === 'saved' && this.store.set({ problems }),
      () => undefined,
    );
  }

  private takeUp(rev: number, base: Document, patches: readonly Patch[]): void {
    const mine = apply(base, patches);
    if (!mine.ok) {
      this.keeper.clear();
      return;
    }
    const server = { document: this.base, rev: this.store.get().rev };
    if (rev === server.rev) {
      this.replace(mine.value.document);
      this.pending = patches;
      this.schedule();
    } else {
      this.replace(mine.value.document);
      this.base = base;
      this.mergeWith(server);
    }
  }

  /** Does an operation; `false` when it does not fit. */
  perform(operation: Operation): boolean {
    const done = perform(this.store.get().history, operation, this.timers.now());
    if (!done.ok) return false;
    this.store.set({ history: done.value.history });
    this.queue(done.value.patches);
    return true;
  }

  undo(): void {
    this.swap(undo(this.store.get().history));
  }

  redo(): void {
    this.swap(redo(this.store.get().history));
  }

  /** What follows is undone by itself. */
  settle(): void {
    const history = settle(this.store.get().history);
    if (history !== this.store.get().history) this.store.set({ history });
  }

  private swap(changed: ReturnType<typeof undo>): void {
    if (!changed) return;
    this.store.set({ history: changed.history });
    this.queue(changed.patches);
  }

  private queue(patches: readonly Patch[]): void {
    if (patches.length === 0) return;
    this.pending = joined(this.pending, patches);
    this.keep();
    if (this.store.get().save !== 'conflict') {
      if (this.store.get().save !== 'offline') this.store.set({ save: 'saving', error: undefined });
      this.schedule();
    }
  }

  private keep(): void {
    if (this.unsent.length === 0) this.keeper.clear();
    else this.keeper.write({ rev: this.store.get().rev, base: this.base, patches: this.unsent });
  }

  private schedule(ms = PAUSE_MS): void {
    if (this.closed) return;
    this.cancelSend?.();
    const now = this.timers.now();
    this.firstAt ??= now;
    const wait = ms === PAUSE_MS ? Math.max(0, Math.min(ms, this.firstAt + LATEST_MS - now)) : ms;
    this.cancelSend = this.timers.after(wait, () => void this.pump());
  }

  /** Sends what there is at once; done when nothing is left or nothing can be sent. */
  async flush(): Promise<void> {
    this.cancelSend?.();
    await this.pump();
    if (this.flying) await new Promise<void>((done) => this.idle.push(done));
  }

  /** Tries again after a refusal or at the server's return. */
  retry(): void {
    if (this.store.get().save === 'conflict') return;
    this.backoff = BACK_MS_FIRST;
    this.store.set({ save: this.unsent.length > 0 ? 'saving' : 'saved', error: undefined });
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.flying || this.pending.length === 0 || this.store.get().save === 'conflict' || this.closed)
      return;
    this.firstAt = undefined;
    const flying = { patches: this.pending, document: this.document };
    this.flying = flying;
    this.pending = [];
    if (this.store.get().save !== 'offline') this.store.set({ save: 'saving' });
    try {
      const { rev, problems } = await this.transport.send(this.store.get().rev, flying.patches);
      this.base = flying.document;
      this.flying = undefined;
      this.backoff = BACK_MS_FIRST;
      this.store.set({ rev, problems, error: undefined, save: this.pending.length > 0 ? 'saving' : 'saved' });
      this.keep();
      if (this.pending.length > 0) this.schedule();
      else this.rest();
    } catch (thrown) {
      this.flying = undefined;
      this.pending = [...flying.patches, ...this.pending];
      await this.failed(thrown);
    }
  }

  private async failed(thrown: unknown): Promise<void> {
    switch (this.transport.verdict(thrown)) {
      case 'stale':
        try {
          this.mergeWith(await this.transport.load());
        } catch (cause) {
          if (this.transport.verdict(cause) === 'away') this.offline();
          else this.store.set({ save: 'failed', error: cause });
        }
        break;
      case 'away':
        this.offline();
        break;
      case 'refused':
        this.store.set({ save: 'failed', error: thrown });
    }
    this.rest();
  }

  private offline(): void {
    this.store.set({ save: 'offline' });
    this.schedule(this.backoff);
    this.backoff = Math.min(this.backoff * 2, BACK_MS_MAX);
  }

  private rest(): void {
    for (const done of this.idle.splice(0)) done();
  }

  private mergeWith(theirs: ServerDraft, choices: ReadonlyMap<string, Side> = new Map()): void {
    const merged = merge(this.base, this.document, theirs.document, choices);
    if (merged.conflicts.length > 0) {
      this.store.set({ save: 'conflict', conflict: { theirs, merged, choices } });
      this.keep();
    } else this.adopt(theirs, merged.document);
  }

  /** Chooses whose value a conflict takes. */
  choose(id: string, side: Side): void {
    const { conflict } = this.store.get();
    if (!conflict) return;
    const choices = new Map(conflict.choices).set(id, side);
    const merged = merge(this.base, this.document, conflict.theirs.document, choices);
    this.store.set({ conflict: { ...conflict, merged, choices } });
  }

  /** Goes on with what was chosen. */
  resolve(): void {
    const { conflict } = this.store.get();
    if (!conflict) return;
    const { document } = merge(this.base, this.document, conflict.theirs.document, conflict.choices);
    this.adopt(conflict.theirs, document);
  }

  private adopt(theirs: ServerDraft, document: Document): void {
    this.base = theirs.document;
    this.pending = patchesBetween(theirs.document, document);
    this.replace(document);
    const save = this.pending.length > 0 ? 'saving' : 'saved';
    this.store.set({ rev: theirs.rev, save, conflict: undefined, error: undefined });
    this.keep();
    void this.pump();
  }

  /** The document is another one, as an entry of the history: what was before can be had again. */
  private replace(document: Document): void {
    if (equal(document, this.document)) return;
    const built = setDocument(document, 'did.merge');
    const done = built.ok ? perform(this.store.get().history, built.value, this.timers.now()) : undefined;
    this.store.set({ history: done?.ok ? done.value.history : begin(document) });
  }

  /** What somebody else saved, while nothing of ours is unsent. */
  async refresh(): Promise<void> {
    if (this.unsent.length > 0) return this.flush();
    const theirs = await this.transport.load();
    if (this.unsent.length > 0 || theirs.rev === this.store.get().rev) return;
    this.mergeWith(theirs);
    this.transport.check().then(
      (problems) => this.store.set({ problems }),
      () => undefined,
    );
  }

  /** Sends what is left and does nothing after. */
  close(): void {
    this.cancelSend?.();
    void this.pump();
    this.closed = true;
  }
}

/** Of a word typed letter by letter only the whole word is sent. */
function joined(before: readonly Patch[], after: readonly Patch[]): readonly Patch[] {
  const last = before.at(-1);
  const [first] = after;
  const again =
    after.length === 1 && first?.op === 'replace' && last?.op === 'replace' && last.path === first.path;
  return again ? [...before.slice(0, -1), first] : [...before, ...after];
}
