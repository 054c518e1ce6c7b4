/** Holds where problems of a text lie in it. */
/** @vitest-environment happy-dom */
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { offsetOf } from './code';

describe('a line and column', () => {
  it.each([
    ['name: a\nsteps: []', 2, 1, 8],
    ['name: a\nsteps: []', 2, 8, 15],
    ['n: 🛒🛒 x', 1, 7, 8],
    ['a', 9, 9, 1],
    ['a', 0, 0, 0],
  ])('of %j, %i:%i, is character %i', (text, line, column, offset) => {
    expect(offsetOf(EditorState.create({ doc: text }), line, column)).toBe(offset);
  });
});
