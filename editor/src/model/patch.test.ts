import { describe, expect, it } from 'vitest';
import { readingAt } from './expressions';
import { identical, type Json } from './json';
import { apply, type Patch } from './patch';
import { share } from './share';
import { afterInsertion, afterRemoval } from './slots';

const DOCUMENT: Json = { a: [1, { b: 2 }, 3], m: { x: 1, y: 2, z: 3 } };

describe('patches', () => {
  it.each<[string, Patch, Json]>([
    [
      'add to a list',
      { op: 'add', path: '/a/1', value: 9 },
      { a: [1, 9, { b: 2 }, 3], m: { x: 1, y: 2, z: 3 } },
    ],
    [
      'add behind the end',
      { op: 'add', path: '/a/-', value: 9 },
      { a: [1, { b: 2 }, 3, 9], m: { x: 1, y: 2, z: 3 } },
    ],
    [
      'add a field in its place',
      { op: 'add', path: '/m/w', value: 9, before: 'y' },
      { a: [1, { b: 2 }, 3], m: { x: 1, w: 9, y: 2, z: 3 } },
    ],
    [
      'add over a field',
      { op: 'add', path: '/m/x', value: 9 },
      { a: [1, { b: 2 }, 3], m: { x: 9, y: 2, z: 3 } },
    ],
    [
      'add over a field, at the end',
      { op: 'add', path: '/m/x', value: 9, before: null },
      { a: [1, { b: 2 }, 3], m: { y: 2, z: 3, x: 9 } },
    ],
    ['remove', { op: 'remove', path: '/m/y' }, { a: [1, { b: 2 }, 3], m: { x: 1, z: 3 } }],
    [
      'replace',
      { op: 'replace', path: '/a/1/b', value: null },
      { a: [1, { b: null }, 3], m: { x: 1, y: 2, z: 3 } },
    ],
    ['replace all', { op: 'replace', path: '', value: 1 }, 1],
    [
      'move in a list',
      { op: 'move', from: '/a/0', path: '/a/2' },
      { a: [{ b: 2 }, 3, 1], m: { x: 1, y: 2, z: 3 } },
    ],
    [
      'move between',
      { op: 'move', from: '/m/x', path: '/a/1/c' },
      { a: [1, { b: 2, c: 1 }, 3], m: { y: 2, z: 3 } },
    ],
    [
      'move over a field',
      { op: 'move', from: '/m/x', path: '/m/y' },
      { a: [1, { b: 2 }, 3], m: { y: 1, z: 3 } },
    ],
    [
      'move a field along its map',
      { op: 'move', from: '/m/z', path: '/m/z', before: 'x' },
      { a: [1, { b: 2 }, 3], m: { z: 3, x: 1, y: 2 } },
    ],
    [
      'a dangerous name',
      { op: 'add', path: '/m/__proto__', value: 1 },
      JSON.parse('{"a":[1,{"b":2},3],"m":{"x":1,"y":2,"z":3,"__proto__":1}}'),
    ],
  ])('%s and come back', (_, patch, expected) => {
    const done = apply(DOCUMENT, [patch]);
    if (!done.ok) throw new Error(done.error.code);
    expect(identical(done.value.document, expected)).toBe(true);
    const back = apply(done.value.document, done.value.inverse);
    expect(back.ok && identical(back.value.document, DOCUMENT)).toBe(true);
  });

  it.each<[Patch, string]>([
    [{ op: 'remove', path: '/a/3' }, 'no_such_place'],
    [{ op: 'remove', path: '/a/-' }, 'no_such_place'],
    [{ op: 'remove', path: '/a/01' }, 'no_such_place'],
    [{ op: 'remove', path: 'a' }, 'no_such_place'],
    [{ op: 'add', path: '/a/5', value: 1 }, 'no_such_place'],
    [{ op: 'add', path: '/x/y', value: 1 }, 'no_such_place'],
    [{ op: 'add', path: '/a/0/x', value: 1 }, 'no_such_place'],
    [{ op: 'replace', path: '/constructor', value: 1 }, 'no_such_place'],
    [{ op: 'move', from: '/a', path: '/a/1/x' }, 'into_itself'],
    [{ op: 'move', from: '', path: '/a' }, 'into_itself'],
  ])('%j is refused', (patch, code) => {
    const done = apply(DOCUMENT, [{ op: 'add', path: '/n', value: 1 }, patch]);
    expect(done.ok ? 'done' : done.error.code).toBe(code);
  });
});

it.each([
  ['/steps/3', '/steps/1', '/steps/2', '/steps/4'],
  ['/steps/0', '/steps/1', '/steps/0', '/steps/0'],
  ['/steps/1', '/steps/1', undefined, '/steps/2'],
  ['/steps/1/then/0', '/steps/1', undefined, '/steps/2/then/0'],
  ['/steps/1/then/4', '/steps/1/then/2', '/steps/1/then/3', '/steps/1/then/5'],
  ['/trigger', '/steps/1', '/trigger', '/trigger'],
])('%s when %s goes or comes', (pointer, item, gone, come) => {
  expect(afterRemoval(pointer, item)).toBe(gone);
  expect(afterInsertion(pointer, item)).toBe(come);
});

it('a text read anew shares what did not change', () => {
  const before = {
    steps: [
      { id: 'a', x: { y: 1 } },
      { id: 'b', x: 2 },
    ],
    k: { a: 1, b: 2 },
  };
  const copy = JSON.parse(JSON.stringify(before)) as typeof before;
  expect(share(before, copy)).toBe(before);
  const moved = share(before, { ...copy, steps: [{ id: 'b', x: 3 }, ...copy.steps.slice(0, 1)] });
  expect(moved.steps[1]).toBe(before.steps[0]);
  expect(moved.k).toBe(before.k);
  expect(Object.keys(share(before, { ...copy, k: { b: 2, a: 1 } }).k)).toEqual(['b', 'a']);
});

it.each([
  ['/if', 'expression'],
  ['/switch/0/when', 'expression'],
  ['/wait_for/any/1/where', 'expression'],
  ['/repeat/until', 'expression'],
  ['/trigger/key', 'expression'],
  ['/with/if', 'template'],
  ['/with/list/0/where', 'template'],
  ['/match/key', 'template'],
  ['/ask/answers/goto', 'template'],
  ['/paths/if/0/stop', 'template'],
  ['/paths/if/0/if', 'expression'],
  ['/goto', 'word'],
  ['/note', 'word'],
])('%s is read as %s', (path, reading) => {
  expect(readingAt(path.split('/').slice(1))).toBe(reading);
});
