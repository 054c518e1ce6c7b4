/** Holds that an edit is as small as what changed, and makes what was meant. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, equal, type Json, valueAt } from '@/model';
import { changeBetween } from './change';

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

describe('a change', () => {
  it('is at the innermost part that holds all of it', () => {
    const table: [Json, Json, string | undefined][] = [
      [{ a: 1, b: 2 }, { a: 1, b: 3 }, '/b'],
      [{ with: { list: ['x', 'y'] } }, { with: { list: ['x', 'z'] } }, '/with/list/1'],
      [{ list: ['x'] }, { list: ['x', 'y'] }, '/list'],
      [{ a: 1, b: 2 }, { a: 2, b: 3 }, ''],
      [{ a: 1 }, { a: 1, b: { c: 2 } }, '/b'],
      [{ 'a/b': { '~': 1 } }, { 'a/b': { '~': 2 } }, '/a~1b/~0'],
      [{ a: 1, b: 2 }, { b: 2, a: 1 }, undefined],
    ];
    for (const [old, next, path] of table) expect(changeBetween(old, next)?.path).toBe(path);
    expect(changeBetween({ a: 1, b: 2 }, { a: 1 })).toEqual({ path: '/b', value: undefined });
  });

  it('gives the new value when it is made', () => {
    fc.assert(
      fc.property(json, json, (old, next) => {
        const change = changeBetween({ value: old }, { value: next });
        if (change === undefined) {
          expect(equal(old, next)).toBe(true);
          return;
        }
        const document = { value: old };
        const op =
          change.value === undefined
            ? 'remove'
            : valueAt(document, change.path) === undefined
              ? 'add'
              : 'replace';
        const patch = { op, path: change.path, value: change.value ?? null } as const;
        const applied = apply(document, [op === 'remove' ? { op, path: change.path } : (patch as never)]);
        expect(applied.ok && equal(applied.value.document, { value: next })).toBe(true);
      }),
    );
  });
});
