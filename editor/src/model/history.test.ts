import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placesOf } from './document';
import { setField } from './edit-fields';
import { removeSteps } from './edit-steps';
import { begin, COALESCE_MS, type History, perform, redo, settle, undo } from './history';
import { identical } from './json';
import { dice, play } from './rolls.testing';
import { anyDocument, documentOf, keysOf } from './samples.testing';

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
