/** Holds the session: every edit gets to the server once, in order, and none is lost on the way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, type Document, insertSteps, type Patch, removeSteps, setField, setHeader } from '@/model';
import { patchesBetween } from './between';
import type { Keeper, Kept, Transport } from './parts';
import { Presence, type Present } from './presence';
import { DraftSession, LATEST_MS, PAUSE_MS } from './session';

const START: Document = {
  operandi: 1,
  name: 'x',
  trigger: { manual: true },
  steps: [
    { id: 'a', wait: { for: '1h' } },
    { id: 'b', script: '1' },
  ],
};

class Stale extends Error {}
class Away extends Error {}

/** A server that keeps a draft, a clock one turns by hand, and a browser's memory. */
class World {
  document = START;
  rev = 1;
  sent = 0;
  away = false;
  now = 0;
  kept: Kept | undefined;
  private calls: { at: number; call: () => void }[] = [];

  transport: Transport = {
    load: async () => {
      if (this.away) throw new Away();
      return { document: this.document, rev: this.rev };
    },
    send: async (rev, patches) => {
      if (this.away) throw new Away();
      if (rev !== this.rev) throw new Stale();
      const done = apply(this.document, patches);
      if (!done.ok) throw new Error('the patches do not fit');
      this.document = done.value.document;
      this.rev += 1;
      this.sent += 1;
      return { rev: this.rev, problems: [] };
    },
    check: async () => [],
    verdict: (thrown) => (thrown instanceof Stale ? 'stale' : thrown instanceof Away ? 'away' : 'refused'),
  };
  keeper: Keeper = {
    read: () => this.kept,
    write: (kept) => {
      this.kept = kept;
    },
    clear: () => {
      this.kept = undefined;
    },
  };
  timers = {
    now: () => this.now,
    after: (ms: number, call: () => void) => {
      const entry = { at: this.now + ms, call };
      this.calls.push(entry);
      return () => {
        this.calls = this.calls.filter((other) => other !== entry);
      };
    },
  };

  open(document = this.document, rev = this.rev): DraftSession {
    const session = new DraftSession(this.transport, this.keeper, this.timers, { document, rev });
    session.start();
    return session;
  }

  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const next = this.calls.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.calls = this.calls.filter((other) => other !== next);
      this.now = Math.max(this.now, next.at);
      next.call();
      await settled();
    }
    this.now = end;
    await settled();
  }

  /** What somebody else saves. */
  others(patches: readonly Patch[]): void {
    const done = apply(this.document, patches);
    if (!done.ok) throw new Error('the patches do not fit');
    this.document = done.value.document;
    this.rev += 1;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function put(session: DraftSession, built: ReturnType<typeof setField>): void {
  if (!built.ok) throw new Error(built.error.key);
  expect(session.perform(built.value)).toBe(true);
}

const edit = (session: DraftSession, span: string) =>
  put(session, setField(session.document, 'a', '/wait/for', span));

describe('saving', () => {
  it('waits for a pause, but not for ever, and sends a typed word once', async () => {
    const world = new World();
    const session = world.open();
    for (const span of ['2', '23', '23h']) edit(session, span);
    expect(session.unsent).toHaveLength(1);
    expect(session.store.get().save).toBe('saving');
    await world.pass(PAUSE_MS);
    expect([world.sent, session.store.get().save]).toEqual([1, 'saved']);
    expect(world.document).toEqual(session.document);
    for (let at = 0; at < LATEST_MS / 100 + 1; at += 1) {
      edit(session, `${at}h`);
      await world.pass(100);
    }
    expect(world.sent).toBeGreaterThan(1);
  });

  it('undoes and redoes on the server, too', async () => {
    const world = new World();
    const session = world.open();
    put(session, removeSteps(session.document, ['b']));
    await world.pass(PAUSE_MS);
    session.undo();
    await world.pass(PAUSE_MS);
    expect(world.document).toEqual(START);
    session.redo();
    await session.flush();
    expect(world.document).toEqual(session.document);
  });

  it('keeps on the device what cannot be sent, and sends it at the server’s return', async () => {
    const world = new World();
    const session = world.open();
    world.away = true;
    edit(session, '2h');
    await world.pass(PAUSE_MS);
    expect(session.store.get().save).toBe('offline');
    expect(world.kept?.patches).toHaveLength(1);
    edit(session, '3h');
    world.away = false;
    await world.pass(60_000);
    expect([world.document, session.store.get().save, world.kept]).toEqual([
      session.document,
      'saved',
      undefined,
    ]);
  });

  it('takes up after a reload what was not sent', async () => {
    const world = new World();
    const before = world.open();
    world.away = true;
    edit(before, '2h');
    await world.pass(PAUSE_MS);
    world.away = false;
    const after = world.open();
    expect(after.document).toEqual(before.document);
    await world.pass(PAUSE_MS);
    expect(world.document).toEqual(before.document);
  });

  it('says why a refusal happened, and tries again when told to', async () => {
    const world = new World();
    const { send } = world.transport;
    const session = world.open();
    const why = new Error('no');
    world.transport.send = () => Promise.reject(why);
    edit(session, '2h');
    await world.pass(PAUSE_MS);
    expect(session.store.get()).toMatchObject({ save: 'failed', error: why });
    world.transport.send = send;
    session.retry();
    await settled();
    expect(session.store.get().save).toBe('saved');
  });
});

describe('two people', () => {
  it('merge what is apart', async () => {
    const world = new World();
    const session = world.open();
    world.others([{ op: 'replace', path: '/steps/1/script', value: '2' }]);
    edit(session, '2h');
    await world.pass(PAUSE_MS);
    expect(world.document.steps).toEqual([
      { id: 'a', wait: { for: '2h' } },
      { id: 'b', script: '2' },
    ]);
    expect(session.document).toEqual(world.document);
    expect(session.store.get().save).toBe('saved');
  });

  it.each([
    ['mine', '2h'],
    ['theirs', '3h'],
  ] as const)('are asked about what is not: %s', async (side, span) => {
    const world = new World();
    const session = world.open();
    world.others([{ op: 'replace', path: '/steps/0/wait/for', value: '3h' }]);
    edit(session, '2h');
    await world.pass(PAUSE_MS);
    const { conflict, save } = session.store.get();
    expect([save, conflict?.merged.conflicts.length]).toEqual(['conflict', 1]);
    session.choose(conflict?.merged.conflicts[0]?.id ?? '', side);
    session.resolve();
    await world.pass(PAUSE_MS);
    expect(world.document.steps).toContainEqual({ id: 'a', wait: { for: span } });
    expect(session.document).toEqual(world.document);
  });

  it('see what the other saved while they only watch', async () => {
    const world = new World();
    const session = world.open();
    world.others([{ op: 'replace', path: '/name', value: 'y' }]);
    await session.refresh();
    expect(session.document.name).toBe('y');
    expect(session.unsent).toEqual([]);
  });
});

describe('any edits in any order', () => {
  it('end with the server having what the page shows', async () => {
    const step = fc.record({
      what: fc.constantFrom('add', 'remove', 'name', 'undo', 'redo', 'pause', 'away', 'back'),
      text: fc.string({ maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (deeds) => {
        const world = new World();
        const session = world.open();
        for (const { what, text } of deeds) {
          const { document } = session;
          const [first] = document.steps as { id: string }[];
          if (what === 'add')
            put(
              session,
              insertSteps(document, { list: '/steps', index: 0 }, [{ id: 'n', set: { x: text } }]),
            );
          else if (what === 'remove' && first) put(session, removeSteps(document, [first.id]));
          else if (what === 'name') put(session, setHeader(document, '/name', text));
          else if (what === 'undo') session.undo();
          else if (what === 'redo') session.redo();
          else if (what === 'pause') await world.pass(PAUSE_MS);
          else if (what === 'away' || what === 'back') world.away = what === 'away';
        }
        world.away = false;
        await world.pass(120_000);
        expect(session.store.get().save).toBe('saved');
        expect(world.document).toEqual(session.document);
        expect(world.kept).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('differences lead from one document to the other', () => {
    const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<never>;
    fc.assert(
      fc.property(value, value, (from, to) => {
        const done = apply({ value: from }, patchesBetween({ value: from }, { value: to }));
        expect(done.ok && done.value.document).toEqual({ value: to });
      }),
    );
  });
});

describe('presence', () => {
  const one = (editor: string, editing: boolean): Present => ({
    editor,
    user_id: 'u',
    name: editor,
    editing,
    since: '',
  });

  it('knows whose turn it is, and takes over', async () => {
    const world = new World();
    let editors = [one('other', true), one('me', false)];
    const asked: boolean[] = [];
    let watched = 0;
    let left = 0;
    const presence = new Presence(
      async (_, takeOver) => {
        asked.push(takeOver);
        if (takeOver) editors = [one('other', false), one('me', true)];
        return { editors };
      },
      'me',
      world.timers,
      () => {
        watched += 1;
      },
      () => {
        left += 1;
      },
    );
    presence.start(true);
    await settled();
    expect(presence.store.get().holder?.editor).toBe('other');
    await world.pass(10_000);
    expect(watched).toBe(2);
    await presence.takeOver();
    expect(presence.store.get()).toMatchObject({ holder: undefined, others: [{ editor: 'other' }] });
    expect(asked).toEqual([false, false, true]);
    presence.stop();
    expect(left).toBe(1);
  });
});
