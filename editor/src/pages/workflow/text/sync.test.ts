/** Holds that text and draft follow each other, that comments are stored, and that nothing typed is lost. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { apply, type Document, type Json, type Patch, readText, setField } from '@/model';
import type { Keeper, Transport } from '../session/parts';
import { DraftSession } from '../session/session';
import { type KeptText, type TextKeeper, TextSync } from './sync';

const TEXT = `# Ours.
operandi: 1
name: Carts
steps:
  - id: patience
    wait: { for: 1h } # long enough
`;

function documentOf(text: string): Document {
  const read = readText(text);
  if (!read.ok) throw new Error(read.error[0]?.message);
  return read.value as Document;
}

/** A server that keeps a text, and forgets its comments when it is patched. */
class Server {
  text = TEXT;
  rev = 1;
  away = false;
  readonly transport: Transport = {
    load: async () => ({ document: documentOf(this.answer(this.text)), rev: this.rev }),
    send: async (rev, patches: readonly Patch[]) => {
      if (this.answer(rev) !== this.rev) throw new Error('stale');
      const done = apply(documentOf(this.text) as Json, patches);
      if (!done.ok) throw new Error('unfit');
      this.text = JSON.stringify(done.value.document);
      this.rev += 1;
      return { rev: this.rev, problems: [] };
    },
    check: async () => [],
    verdict: (thrown) => ((thrown as Error).message === 'stale' ? 'stale' : 'away'),
  };
  readonly sources = {
    load: async () => ({ text: this.answer(this.text), rev: this.rev }),
    put: async ({ text, rev }: { text: string; rev: number }) => {
      if (this.answer(rev) !== this.rev) return 'stale' as const;
      this.text = text;
      this.rev += 1;
      return this.rev;
    },
  };
  private answer<T>(value: T): T {
    if (this.away) throw new Error('away');
    return value;
  }
}

const NO_KEEPER: Keeper = { read: () => undefined, write: () => undefined, clear: () => undefined };
const TIMERS = {
  now: () => Date.now(),
  after: (ms: number, call: () => void) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

let server: Server;
let session: DraftSession;
let kept: KeptText | undefined;
let sync: TextSync;
const keeper: TextKeeper = {
  read: () => kept,
  write: (next) => {
    kept = next;
  },
};

beforeEach(async () => {
  vi.useFakeTimers();
  server = new Server();
  kept = undefined;
  session = new DraftSession(server.transport, NO_KEEPER, TIMERS, {
    document: documentOf(TEXT),
    rev: 1,
  });
  session.start();
  sync = new TextSync(session, server.sources, keeper, TIMERS);
  await sync.start();
});

const pause = (ms = 6000) => vi.advanceTimersByTimeAsync(ms);
const text = () => sync.store.get().text ?? '';

describe('a text beside its draft', () => {
  it('is what the server has, comments and all', () => {
    expect(text()).toBe(TEXT);
    expect(sync.store.get().stored).toBe(true);
  });

  it('makes what is typed one operation that can be undone', async () => {
    sync.typed(TEXT.replace('1h', '2h'));
    await pause();
    expect(session.document).toEqual(documentOf(TEXT.replace('1h', '2h')));
    expect(session.store.get().history.undo).toHaveLength(1);
    session.undo();
    await pause();
    expect(documentOf(text())).toEqual(documentOf(TEXT));
    expect(documentOf(server.text)).toEqual(documentOf(TEXT));
  });

  it('stores comments that are typed', async () => {
    const typed = TEXT.replace('# Ours.', '# Ours, and Ana’s.').replace('1h', '2h');
    sync.typed(typed);
    await pause();
    expect(server.text).toBe(typed);
    expect(session.store.get().rev).toBe(server.rev);
    expect(sync.store.get().stored).toBe(true);
    expect(kept).toBeUndefined();
  });

  it('keeps a text that does not parse, and changes nothing', async () => {
    const broken = TEXT.replace('name: Carts', 'name: [Carts');
    sync.typed(broken);
    await pause();
    expect(sync.store.get().faults).not.toEqual([]);
    expect(session.document).toEqual(documentOf(TEXT));
    sync.stop();
    const again = new TextSync(session, server.sources, keeper, TIMERS);
    await again.start();
    expect(again.store.get().text).toBe(broken);
    expect(again.store.get().faults).not.toEqual([]);
  });

  it('takes in what changes elsewhere', async () => {
    const built = setField(session.document, 'patience', '/wait/for', '3h');
    if (built.ok) session.perform(built.value);
    expect(text()).toBe(TEXT.replace('1h', '3h'));
    await pause();
    expect(text()).toBe(server.text);
  });

  it('merges what changes elsewhere with what is typed meanwhile', async () => {
    sync.typed(TEXT.replace('Carts', 'Baskets').replace('# Ours.', '# Hers.'));
    const built = setField(session.document, 'patience', '/wait/for', '3h');
    if (built.ok) session.perform(built.value);
    await pause();
    expect(server.text).toBe(
      TEXT.replace('Carts', 'Baskets').replace('# Ours.', '# Hers.').replace('1h', '3h'),
    );
  });

  it('merges with what another person saved while it did not parse', async () => {
    sync.typed(TEXT.replace('name: Carts', 'name: [Carts'));
    await pause();
    server.text = TEXT.replace('1h', '5h');
    server.rev += 1;
    await session.refresh();
    sync.typed(TEXT.replace('name: Carts', 'name: Baskets'));
    await pause();
    expect(documentOf(server.text)).toEqual(documentOf(TEXT.replace('Carts', 'Baskets').replace('1h', '5h')));
    expect(text()).toContain('# long enough');
  });

  it('goes on when the server is back', async () => {
    server.away = true;
    const typed = TEXT.replace('1h', '2h').replace('# Ours.', '# Hers.');
    sync.typed(typed);
    await pause();
    expect(kept?.text).toBe(typed);
    server.away = false;
    await pause(40_000);
    expect(server.text).toBe(typed);
    expect(kept).toBeUndefined();
  });
});
