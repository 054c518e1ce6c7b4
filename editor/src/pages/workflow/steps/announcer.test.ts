import { describe, expect, it } from 'vitest';
import { begin, perform, redo, setHeader, undo } from '@/model';
import { deedOf } from './Announcer';

describe('what is said aloud', () => {
  it('is what was done, undone and done again', () => {
    const none = begin({ operandi: 1, name: 'x', steps: [] });
    const built = setHeader(none.document, '/name', 'y');
    const done = built.ok ? perform(none, built.value, 0) : undefined;
    if (!done?.ok) throw new Error('nothing was done');
    const one = done.value.history;
    const undone = undo(one)?.history ?? none;
    const redone = redo(undone)?.history ?? none;
    expect(deedOf(none, none)).toBeUndefined();
    expect(deedOf(none, one)?.what).toBe('done');
    expect(deedOf(one, undone)?.what).toBe('undone');
    expect(deedOf(undone, redone)?.what).toBe('redone');
    expect(deedOf(one, undone)?.deed.key).toBe('did.header');
  });
});
