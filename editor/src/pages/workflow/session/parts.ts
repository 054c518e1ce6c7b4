/** What a draft session is given and what it tells. Types only; knows no browser, no HTTP. */
import type { Document, History, Merged, Patch, Side } from '@/model';

/** One problem of the checker. */
export interface Problem {
  readonly code: string;
  readonly severity: string;
  /** A JSON pointer into the document. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string;
}

export interface ServerDraft {
  readonly document: Document;
  readonly rev: number;
}

/** The way to the server. Rejections are whatever `api` throws; `verdict` says what they mean. */
export interface Transport {
  load(): Promise<ServerDraft>;
  send(rev: number, patches: readonly Patch[]): Promise<{ rev: number; problems: readonly Problem[] }>;
  check(): Promise<readonly Problem[]>;
  /** `stale`: somebody else saved; `away`: no answer came; `refused`: anything else. */
  verdict(thrown: unknown): 'stale' | 'away' | 'refused';
}

/** Edits the server does not have yet. */
export interface Kept {
  readonly rev: number;
  readonly base: Document;
  readonly patches: readonly Patch[];
}

/** Where unsent edits survive a reload. */
export interface Keeper {
  read(): Kept | undefined;
  write(kept: Kept): void;
  clear(): void;
}

export interface Timers {
  now(): number;
  /** Calls later; gives how not to. */
  after(ms: number, call: () => void): () => void;
}

export type SaveState = 'saved' | 'saving' | 'offline' | 'conflict' | 'failed';

export interface ConflictState {
  readonly theirs: ServerDraft;
  readonly merged: Merged;
  readonly choices: ReadonlyMap<string, Side>;
}

export interface DraftState {
  readonly history: History;
  /** The revision the server has, as far as we know. */
  readonly rev: number;
  readonly save: SaveState;
  /** Why saving was refused. */
  readonly error: unknown;
  readonly problems: readonly Problem[];
  readonly conflict: ConflictState | undefined;
}
