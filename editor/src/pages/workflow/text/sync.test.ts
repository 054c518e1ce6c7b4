/** Holds that text and draft follow each other, that comments are stored, and that nothing typed is lost. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { apply, type Document, type Json, type Patch, readText, setField } from '@/model';
import type { Keeper, Transport } from '../session/parts';
import { DraftSession } from '../session/session';
import { retext } from './retext';
import { type KeptText, type TextKeeper, TextSync } from './sync';

const TEXT = `# Ours.
operandi: 1
name: Carts
steps:
  - id: patience
    wait: { for: 1h } # long enough
  - id: bye
    stop: done
`;

function documentOf(text: string): Document {
  const read = readText(text);
  if (!read.ok) throw new Error(read.error[0]?.message);
  return read.value as Document;
}

const slowly = () => new Promise((done) => setTimeout(done, 70));

/** A server that keeps a text, and patches it as the real one does. */
class Server {
  text = TEXT;
  rev = 1;
  away = false;
  readonly transport: Transport = {
    load: async () => {
      await slowly();
      return { document: documentOf(this.answer(this.text)), rev: this.rev };
    },
    send: async (rev, patches: readonly Patch[]) => {
      await slowly();
      if (this.answer(rev) !== this.rev) throw new Error('stale');
      const done = apply(documentOf(this.text) as Json, patches);
      if (!done.ok) throw new Error('unfit');
      this.text = retext(this.text, done.value.document);
      this.rev += 1;
      const saved = { rev: this.rev, problems: [] };
      await slowly();
      return saved;
    },
    check: async () => [],
    verdict: (thrown) => ((thrown as Error).message === 'stale' ? 'stale' : 'away'),
  };
  readonly sources = {
    load: async () => {
      await slowly();
      return { text: this.answer(this.text), rev: this.rev };
    },
    put: async ({ text, rev }: { text: string; rev: number }) => {
      await slowly();
      if (this.answer(rev) !== this.rev) return 'stale' as const;
      this.text = text;
      this.rev += 1;
      const saved = this.rev;
      await slowly();
      return saved;
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
let mayWrite = true;
let sync: TextSync;
const keeper: TextKeeper = {
  read: () => kept,
  write: (next) => {
    kept = next;
  },
};

async function begin(): Promise<void> {
  server = new Server();
  kept = undefined;
  session = new DraftSession(server.transport, NO_KEEPER, TIMERS, {
    document: documentOf(TEXT),
    rev: 1,
  });
  session.start();
  sync = new TextSync(session, server.sources, keeper, TIMERS, () => mayWrite);
  const started = sync.start();
  await vi.advanceTimersByTimeAsync(1000);
  await started;
}

beforeEach(async () => {
  vi.useFakeTimers();
  await begin();
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

  it('loses nothing of what is typed while it is being saved', async () => {
    for (let length = 1; length <= 40; length += 1) {
      sync.typed(TEXT.replace('Carts', `Carts ${'x'.repeat(length)}`));
      await pause(37 * (length % 9));
    }
    await pause();
    expect(server.text).toBe(TEXT.replace('Carts', `Carts ${'x'.repeat(40)}`));
    expect(sync.store.get().stored).toBe(true);
  });

  it('keeps a text that does not parse, and changes nothing', async () => {
    const broken = TEXT.replace('name: Carts', 'name: [Carts');
    sync.typed(broken);
    await pause();
    expect(sync.store.get().faults).not.toEqual([]);
    expect(session.document).toEqual(documentOf(TEXT));
    sync.stop();
    const again = new TextSync(session, server.sources, keeper, TIMERS, () => mayWrite);
    await again.start();
    expect(again.store.get().text).toBe(broken);
    expect(again.store.get().faults).not.toEqual([]);
  });

  it('holds a kept text back while somebody else edits', async () => {
    sync.stop();
    kept = { text: TEXT.replace('Carts', 'Bags'), agreed: documentOf(TEXT) };
    mayWrite = false;
    const again = new TextSync(session, server.sources, keeper, TIMERS, () => mayWrite);
    const started = again.start();
    await pause();
    await started;
    expect(again.store.get().text).toBe(server.text);
    expect(kept?.text).toContain('Bags');
    mayWrite = true;
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
    await Promise.all([session.refresh(), pause(500)]);
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

  it('loses nothing, whatever happens in whatever order', async () => {
    type Deed = {
      deed: 'name' | 'comment' | 'broken' | 'mended' | 'here' | 'there' | 'away' | 'back';
      ms: number;
    };
    const deed = fc.record({
      deed: fc.constantFrom<Deed['deed'][]>(
        'name',
        'comment',
        'broken',
        'mended',
        'here',
        'there',
        'away',
        'back',
      ),
      ms: fc.constantFrom(0, 40, 200, 400, 700, 1200, 3000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 14 }), async (deeds) => {
        await begin();
        let [number, name, comment, span] = [0, 'Carts', 'Ours.', '1h'];
        const type = (next: string) => sync.typed(next);
        for (const { deed, ms } of deeds) {
          number += 1;
          if (deed === 'name' && !text().includes('[')) {
            name = `Carts ${number}`;
            type(text().replace(/^name: .*$/m, `name: ${name}`));
          } else if (deed === 'comment') {
            comment = `Ours ${number}.`;
            type(text().replace(/^# .*$/m, `# ${comment}`));
          } else if (deed === 'broken' && !text().includes('[')) type(text().replace('name: ', 'name: ['));
          else if (deed === 'mended') type(text().replace('name: [', 'name: '));
          else if (deed === 'here') {
            span = `${number}h`;
            const built = setField(session.document, 'patience', '/wait/for', span);
            if (built.ok) session.perform(built.value);
          } else if (deed === 'there' && !server.away) {
            server.text = server.text.replace(/stop: \w+/, `stop: s${number}`);
            server.rev += 1;
            void session.refresh().catch(() => undefined);
          } else if (deed === 'away') server.away = true;
          else if (deed === 'back') server.away = false;
          await pause(ms);
        }
        server.away = false;
        type(text().replace('name: [', 'name: '));
        await pause(120_000);
        expect(session.store.get().save).toBe('saved');
        expect(sync.store.get()).toMatchObject({ stored: true, faults: [] });
        expect(server.text).toBe(text());
        expect(session.document).toEqual(documentOf(server.text));
        expect(documentOf(server.text)).toMatchObject({ name, steps: [{ wait: { for: span } }, {}] });
        expect(server.text).toContain(`# ${comment}`);
      }),
      { numRuns: 80 },
    );
  }, 60_000);
});
