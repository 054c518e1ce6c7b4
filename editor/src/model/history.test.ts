import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waysOf } from './blocks';
import { type Document, placesOf } from './document';
import { setEnabled, setField, setHeader, setNote } from './edit-fields';
import { duplicateSteps, insertSteps, moveSteps, removeSteps, unwrap, wrapInCondition } from './edit-steps';
import { addWay, moveWay, removeWay, renameWay } from './edit-ways';
import { begin, COALESCE_MS, type History, perform, redo, settle, undo } from './history';
import { identical } from './json';
import type { Built } from './operation';
import { renameStep } from './rename';
import { anyDocument, anySteps, anyValue, documentOf, keysOf } from './testing';

/** Random numbers that choose an operation on whatever the document is by then. */
const dice = fc.record({
  what: fc.nat(16),
  a: fc.nat(1000),
  b: fc.nat(1000),
  c: fc.nat(1000),
  value: anyValue,
  steps: anySteps,
  name: fc.constantFrom('x', 'y', 'if', '7', 'a/b', 's_1', 'fresh'),
});
type Dice = typeof dice extends fc.Arbitrary<infer T> ? T : never;

function lists(document: Document): readonly string[] {
  const inner = [...placesOf(document).values()].flatMap((place) =>
    waysOf(place.step).map((way) => place.path + way.path),
  );
  return ['/steps', ...inner];
}

function pick<T>(items: readonly T[], number: number): T | undefined {
  return items[number % Math.max(1, items.length)];
}

function build(document: Document, roll: Dice): Built {
  const keys = keysOf(document);
  const key = pick(keys, roll.a) ?? 'none';
  const other = pick(keys, roll.b) ?? 'none';
  const slot = { list: pick(lists(document), roll.c) ?? '/steps', index: roll.b % 3 };
  const place = placesOf(document).get(key);
  const way = pick(place ? waysOf(place.step) : [], roll.b)?.path ?? '/then';
  switch (roll.what) {
    case 0:
      return insertSteps(document, slot, roll.steps.slice(0, 2));
    case 1:
      return removeSteps(document, [key, other]);
    case 2:
    case 3:
      return moveSteps(document, [key, other], slot);
    case 4:
      return duplicateSteps(document, [key]);
    case 5:
      return wrapInCondition(document, [key, other], 'event.x');
    case 6:
      return unwrap(document, key);
    case 7:
      return setField(document, key, `/with/${roll.name.replace('/', '~1')}`, roll.value);
    case 8:
      return setField(
        document,
        key,
        pick(['/note', '/with', '/wait/for', '/fallback'], roll.b) ?? '',
        undefined,
      );
    case 9:
      return setEnabled(document, [key, other], roll.c % 2 === 0);
    case 10:
      return setNote(document, key, roll.name);
    case 11:
      return setHeader(
        document,
        pick(['/name/en', '/exit', '/inputs/z/title', '/goal', '/purpose'], roll.b) ?? '',
        roll.value,
      );
    case 12:
      return renameStep(document, key, roll.name);
    case 13: {
      const news = [
        { kind: 'case', when: 'x' },
        { kind: 'path', name: roll.name },
        { kind: 'lane', name: roll.name },
        { kind: 'answer', name: roll.name, button: 'b' },
        { kind: 'error' },
        { kind: 'timeout' },
        { kind: 'fallback' },
      ] as const;
      return addWay(document, key, pick(news, roll.c) ?? { kind: 'error' });
    }
    case 14:
      return removeWay(document, key, way);
    case 15:
      return renameWay(document, key, way, roll.name);
    default:
      return moveWay(document, key, way, roll.c % 4);
  }
}

/** Does what can be done; refusals are as good an answer as any. */
function play(
  history: History,
  rolls: readonly Dice[],
  each: (history: History) => void = () => undefined,
): History {
  let current = history;
  for (const [at, roll] of rolls.entries()) {
    const built = build(current.document, roll);
    if (!built.ok) continue;
    const done = perform(current, built.value, at * 10);
    if (!done.ok) throw new Error(`${JSON.stringify(done.error)} after ${JSON.stringify(built.value)}`);
    current = done.value.history;
    each(current);
  }
  return current;
}

describe('operations and undo', () => {
  it('give the same document back, the order of its fields included', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(dice, { maxLength: 12 }), (document, rolls) => {
        let current = play(begin(document), rolls);
        const last = current.document;
        for (let back = undo(current); back; back = undo(current)) current = back.history;
        expect(identical(current.document, document)).toBe(true);
        for (let again = redo(current); again; again = redo(current)) current = again.history;
        expect(identical(current.document, last)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('give the same document back from any mixture of doing, undoing and redoing', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(fc.tuple(dice, fc.nat(3)), { maxLength: 15 }), (document, moves) => {
        let current = begin(document);
        for (const [roll, what] of moves) {
          const next = what === 0 ? undo(current) : what === 1 ? redo(current) : undefined;
          current = next?.history ?? play(current, what > 1 ? [roll] : []);
        }
        for (let back = undo(current); back; back = undo(current)) current = back.history;
        expect(identical(current.document, document)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('keep every key unique', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(dice, { maxLength: 8 }), (document, rolls) => {
        play(begin(document), rolls, (history) => {
          expect(keysOf(history.document).filter((key) => key.includes('#'))).toEqual([]);
        });
      }),
    );
  });

  it('leave what they do not touch the same object', () => {
    const document = documentOf({ id: 'a', wait: { for: '1h' } }, { id: 'b', stop: 'x' });
    const built = setField(document, 'b', '/stop', 'y');
    const done = built.ok ? perform(begin(document), built.value, 0) : built;
    const after = done.ok && 'history' in done.value ? done.value.history.document : document;
    expect(placesOf(after).get('a')?.step).toBe(placesOf(document).get('a')?.step);
    expect(placesOf(after).get('b')?.step).not.toBe(placesOf(document).get('b')?.step);
  });
});

describe('typing', () => {
  const start = begin(documentOf({ id: 'a', stop: '' }));
  const type = (history: History, text: string, at: number): History => {
    const built = setField(history.document, 'a', '/stop', text);
    const done = built.ok ? perform(history, built.value, at) : undefined;
    return done?.ok ? done.value.history : history;
  };

  it('in one field is undone at once', () => {
    let history = start;
    for (const [at, text] of ['d', 'do', 'don', 'done'].entries()) history = type(history, text, at * 200);
    expect(history.undo).toHaveLength(1);
    expect(history.undo[0]?.patches).toEqual([{ op: 'replace', path: '/steps/0/stop', value: 'done' }]);
    expect(undo(history)?.history.document).toEqual(start.document);
  });

  it('is apart after a pause, after leaving the field and after an undo', () => {
    expect(type(type(start, 'a', 0), 'ab', COALESCE_MS + 1).undo).toHaveLength(2);
    expect(type(settle(type(start, 'a', 0)), 'ab', 1).undo).toHaveLength(2);
    const undone = undo(type(type(start, 'a', 0), 'b', COALESCE_MS * 2))?.history ?? start;
    expect(type(undone, 'c', COALESCE_MS * 2 + 1).undo).toHaveLength(2);
  });
});

it('the first operation writes made-up ids down', () => {
  const document = documentOf({ wait: { for: '1h' } }, { id: 'x', stop: 'y' });
  const built = removeSteps(document, ['x']);
  const done = built.ok ? perform(begin(document), built.value, 0) : undefined;
  expect(done?.ok && done.value.history.document.steps).toEqual([{ id: 'wait_1', wait: { for: '1h' } }]);
});
