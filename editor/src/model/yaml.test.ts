import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identical, type Json } from './json';
import { anyDocument, anyValue } from './samples.testing';
import { readText, writeText } from './yaml';

function read(text: string): Json {
  const result = readText(text);
  if (!result.ok) throw new Error(`${JSON.stringify(result.error)}\n${text}`);
  return result.value;
}

describe('text', () => {
  it('of a document reads back as the document', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        expect(identical(read(writeText(document)), document)).toBe(true);
        expect(identical(read(JSON.stringify(document)), document)).toBe(true);
        expect(writeText(read(writeText(document)))).toBe(writeText(document));
      }),
      { numRuns: 150 },
    );
  });

  it('of any value reads back as the value', () => {
    const strange = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '#', ':', '-', 'a', '"', "'", '|', '~', '0') }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(strange, anyValue)), (pairs) => {
        const value = pairs.map(([text, inner]) => [text, { k: text, v: inner }] as Json);
        expect(identical(read(writeText(value)), value)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, Json]>([
    ['+5491122334455', '+5491122334455'],
    ['007', '007'],
    ['-0', -0],
    ['1e3', 1000],
    ['.5', '.5'],
    ['0x10', '0x10'],
    ['~', null],
    ['', null],
    ['yes', 'yes'],
    ['True', true],
    ['2026-01-01', '2026-01-01'],
    ['1_000', '1_000'],
    ['.inf', '.inf'],
    ['<<: {a: 1}', { '<<': { a: 1 } }],
    ['1: x', { '1': 'x' }],
    ['null: x', { null: 'x' }],
  ])('reads %s as the engine does', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each(['a: &x 1', 'a: *x', 'a: !!str 1', 'a: !x y', 'a: 1\na: 2', '--- 1\n--- 2', 'a: [1', '\tb: 1'])(
    'refuses %s',
    (text) => {
      const result = readText(text);
      expect(result.ok).toBe(false);
      expect(!result.ok && result.error[0]?.line).toBeGreaterThan(0);
    },
  );

  it.each([100, 200_000])('refuses %i lists inside each other', (depth) => {
    expect(readText('['.repeat(depth) + ']'.repeat(depth)).ok).toBe(false);
  });

  it('reads every template and writes it the same again', () => {
    const root = new URL('../../../workflows/', import.meta.url);
    for (const folder of readdirSync(root)) {
      for (const file of readdirSync(new URL(`${folder}/`, root))) {
        const document = read(readFileSync(new URL(`${folder}/${file}`, root), 'utf8'));
        expect(identical(read(writeText(document)), document)).toBe(true);
      }
    }
  });
});
