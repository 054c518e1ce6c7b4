/** Holds the help of documents to the schema: in the reader's language where there is a text, else as it came. */
import { describe, expect, it } from 'vitest';
import type { Json } from '@/model';
import { helpAt, offersAt } from './offers';
import { spotAt } from './spot';
import { leftOver, type Words, worded, wordless } from './words';

const SCHEMA: Json = {
  type: 'object',
  properties: {
    name: { type: 'string', description: 'Its name.' },
    mode: { $ref: '#/definitions/Mode' },
    steps: { type: 'array', items: { $ref: '#/definitions/Step' } },
  },
  definitions: {
    Mode: { oneOf: [{ const: 'single', description: 'One.' }], description: 'A mode.' },
    Step: {
      oneOf: [
        {
          title: 'action',
          required: ['action'],
          properties: {
            note: { type: 'string', description: 'A note.' },
            action: { type: 'string', oneOf: [{ const: 'ring', description: 'Rings.' }] },
            with: { type: 'object' },
          },
        },
        {
          title: 'call',
          required: ['call'],
          properties: { call: { type: 'string' }, with: { type: 'object' } },
        },
      ],
    },
    'with:ring': { properties: { bell: { type: 'string' } } },
  },
};
const WORDS: Words = {
  Workflow: { name: 'Cómo se llama.', mode: 'El modo.', steps: 'Los pasos.' },
  Mode: { single: 'Uno.' },
  Step: { note: 'Una nota.', with: 'Sus datos.' },
  action: { action: 'Qué hace.' },
  call: { call: 'A quién llama.', with: 'Lo que recibe.' },
};

const es = worded(SCHEMA, WORDS, 'es', (value) => (value === 'ring' ? 'Suena.' : undefined));

function helpOf(text: string, name: string) {
  return helpAt(es, spotAt(text, text.length)?.levels ?? [], name, 'es');
}

describe('the help of a document', () => {
  it('is found by type and field, a block’s own before what all steps have', () => {
    expect(helpOf('name: x', 'name')).toEqual({ text: 'Cómo se llama.', lang: 'es' });
    expect(helpOf('steps:\n  - action: ring\n    with: x', 'with')?.text).toBe('Sus datos.');
    expect(helpOf('steps:\n  - call: a\n    with: x', 'with')?.text).toBe('Lo que recibe.');
    expect(helpOf('steps:\n  - action: ring\n    note: x', 'note')?.text).toBe('Una nota.');
  });

  it('is told of values, too', () => {
    const valuesAt = (text: string) => {
      const spot = spotAt(text, text.length);
      return spot ? offersAt(es, spot, 'es').map(({ text: value, help }) => [value, help?.text]) : [];
    };
    expect(valuesAt('mode: ')).toEqual([['single', 'Uno.']]);
    expect(valuesAt('steps:\n  - action: ')).toEqual([['ring', 'Suena.']]);
  });

  it('tells what is missing and what is left over', () => {
    expect(wordless(SCHEMA, WORDS)).toEqual([]);
    expect(leftOver(SCHEMA, WORDS)).toEqual([]);
    expect(wordless(SCHEMA, { ...WORDS, Mode: {}, action: {} })).toEqual(['Mode.single', 'action.action']);
    expect(leftOver(SCHEMA, { ...WORDS, Mode: { single: 'x', twice: 'x' } })).toEqual(['Mode.twice']);
  });
});
