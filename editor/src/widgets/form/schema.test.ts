/** Holds how a schema becomes a form. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schema } from '@/api/catalog';
import { choicesOf, fieldsOf, helpOf, labelOf, missingIn, widgetOf, withField } from './schema';

const known = (name: string) => ['secret', 'duration'].includes(name);

describe('a schema as a form', () => {
  it('chooses the widget by hint, then by choices, then by type', () => {
    const table: Array<[Schema, string]> = [
      [{ type: 'string', 'x-widget': 'secret' }, 'secret'],
      [{ type: 'string', 'x-widget': 'unheard_of' }, 'text'],
      [{ type: ['string', 'null'] }, 'text'],
      [{ type: ['string', 'number', 'boolean'] }, 'text'],
      [{ type: 'boolean' }, 'switch'],
      [{ type: ['integer', 'null'] }, 'number'],
      [{ type: 'array', items: { type: 'string' } }, 'list'],
      [{ type: 'object', properties: { a: { type: 'string' } } }, 'group'],
      [{ type: 'object', additionalProperties: true }, 'fields'],
      [{ type: ['string', 'null'], enum: ['open', null] }, 'select'],
      [
        {
          oneOf: [
            { type: 'string', const: 'a' },
            { type: 'string', const: 'b' },
          ],
        },
        'select',
      ],
      [{ anyOf: [{ type: 'string' }, { type: 'array' }] }, 'text'],
      [{}, 'json'],
    ];
    for (const [schema, widget] of table)
      expect(widgetOf(schema, known), JSON.stringify(schema)).toBe(widget);
  });

  it('asks for what is required first and folds what has a telling default', () => {
    const fields = fieldsOf({
      properties: {
        version: { type: 'string', default: 'v25.0' },
        sandbox: { type: 'boolean', default: false },
        from: { type: 'string', default: 'x' },
      },
      required: ['from'],
    });
    expect(fields.map(({ name, advanced }) => [name, advanced])).toEqual([
      ['from', false],
      ['version', true],
      ['sandbox', false],
    ]);
  });

  it('speaks the reader’s language, else what there is', () => {
    const schema: Schema = { 'x-titles': { es: 'Servidor', en: 'Server' }, description: 'The host.' };
    expect(labelOf('host', schema, 'en')).toBe('Server');
    expect(labelOf('host', schema, 'pt')).toBe('Servidor');
    expect(labelOf('recovery_url', {}, 'es')).toBe('Recovery url');
    expect(helpOf(schema, 'es')).toBe('The host.');
  });

  it('leaves null out of the choices', () => {
    expect(choicesOf({ enum: ['a', null] })?.map(({ value }) => value)).toEqual(['a']);
    expect(choicesOf({ oneOf: [{ const: 'a' }, { type: 'null' }] })?.length).toBe(1);
    expect(choicesOf({ anyOf: [{ type: 'string' }] })).toBeUndefined();
  });

  it('takes a field away with its value and touches no other', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.integer()),
        fc.string(),
        fc.integer(),
        (object, name, value) => {
          const added = withField(object, name, value);
          expect(added[name]).toBe(value);
          const { [name]: _, ...rest } = object;
          expect(withField(added, name, undefined)).toEqual(rest);
        },
      ),
    );
    expect(missingIn({ required: ['a', 'b'] }, { a: '' })).toEqual(['a', 'b']);
  });
});
