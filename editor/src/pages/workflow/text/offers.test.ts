/** Holds what is offered at a place of an unfinished text. The `|` is the cursor. */
import { describe, expect, it } from 'vitest';
import type { Json } from '@/model';
import { helpAt, offersAt } from './offers';
import { spotAt } from './spot';

const SCHEMA: Json = {
  type: 'object',
  properties: {
    name: { type: 'string', description: 'What it is called.' },
    trigger: { $ref: '#/definitions/Trigger' },
    steps: { type: 'array', items: { $ref: '#/definitions/Step' } },
  },
  required: ['name', 'steps'],
  definitions: {
    Trigger: {
      type: 'object',
      properties: {
        event: { type: 'string', examples: ['cart.updated', 'order.paid'] },
        manual: { type: 'boolean' },
      },
    },
    Step: {
      oneOf: [
        {
          type: 'object',
          required: ['action'],
          properties: {
            id: { type: 'string' },
            action: { type: 'string', oneOf: [{ const: 'ring', title: 'Ring' }, { const: 'log' }] },
            with: { type: 'object' },
            fallback: { type: 'array', items: { $ref: '#/definitions/Step' } },
          },
          allOf: [
            {
              if: { properties: { action: { const: 'ring' } } },
              // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
              then: {
                properties: {
                  with: {
                    type: 'object',
                    required: ['bell'],
                    properties: { bell: { type: 'string', 'x-help': { es: 'Cuál.' } } },
                  },
                },
              },
            },
          ],
        },
        {
          type: 'object',
          required: ['wait'],
          properties: {
            id: { type: 'string' },
            wait: { type: 'object', properties: { for: { type: 'string' } } },
          },
        },
      ],
    },
  },
};

function offered(text: string): readonly string[] {
  const at = text.indexOf('|');
  const spot = spotAt(text.replace('|', ''), at);
  return spot ? offersAt(SCHEMA, spot, 'es').map((offer) => offer.text) : ['(nowhere)'];
}

describe('an unfinished text', () => {
  it.each([
    ['|', ['name', 'trigger', 'steps']],
    ['name: x\n|\nsteps: []', ['trigger']],
    ['name: |', []],
    ['trigger:\n  |', ['event', 'manual']],
    ['trigger:\n  event: c|', ['cart.updated', 'order.paid']],
    ['trigger: { manual: |', ['true', 'false']],
    ['trigger: { manual: true, |', ['event']],
    ['trigger: { manual: true }|', ['(nowhere)']],
    ['trigger:\n  manual: |', ['true', 'false']],
    ['steps:\n  - |', ['id', 'action', 'with', 'fallback', 'wait']],
    ['steps:\n  - id: a\n    |', ['action', 'with', 'fallback', 'wait']],
    ['steps:\n- id: a\n  |', ['action', 'with', 'fallback', 'wait']],
    ['steps:\n  - id: a\n    wait: { | }', ['for']],
    ['steps:\n  - id: a\n    action: |', ['ring', 'log']],
    ['steps:\n  - id: a\n    action: ring\n    |', ['with', 'fallback']],
    ['steps:\n  - id: a\n    action: ring\n    with:\n      |', ['bell']],
    ['steps:\n  - id: a\n    with:\n      |\n    action: ring', ['bell']],
    ['steps:\n  - id: a\n    action: ring\n    with: { |', ['bell']],
    ['steps:\n  - action: ring\n    fallback:\n      - |', ['id', 'action', 'with', 'fallback', 'wait']],
    ['steps:\n  - action: ring\n    fallback: [ { action: ring, with: { |', ['bell']],
    ['steps:\n  - id: a\n    wait: { for: 1h }\n\n  - id: b\n    wait:\n      |', ['for']],
    ['# name|', ['(nowhere)']],
    ['name: |-\n  some te|xt', ['(nowhere)']],
  ])('%j offers %j', (text, expected) => {
    // The last case has a bar of its own before the cursor.
    const at = text.lastIndexOf('|');
    const clean = text.slice(0, at) + text.slice(at + 1);
    const spot = spotAt(clean, at);
    expect(spot ? offersAt(SCHEMA, spot, 'es').map((offer) => offer.text) : ['(nowhere)']).toEqual(expected);
  });

  it('knows how far a word is written', () => {
    expect(offered('steps:\n  - id: a\n    wa|')).toEqual(['action', 'with', 'fallback', 'wait']);
    expect(spotAt('trigger:\n  event: ca', 20)).toMatchObject({ kind: 'value', word: 'ca', from: 18 });
    expect(spotAt('trigger: { ev', 13)).toMatchObject({ kind: 'name', word: 'ev', from: 11 });
  });

  it('tells what a name means, in the reader’s language where it can', () => {
    const text = 'steps:\n  - action: ring\n    with:\n      bell: x';
    const spot = spotAt(text, text.length);
    expect(helpAt(SCHEMA, spot?.levels ?? [], 'bell', 'es')).toEqual({ text: 'Cuál.', lang: 'es' });
    const name = spotAt('name: x', 7);
    expect(helpAt(SCHEMA, name?.levels ?? [], 'name', 'es')).toEqual({
      text: 'What it is called.',
      lang: 'en',
    });
  });
});
