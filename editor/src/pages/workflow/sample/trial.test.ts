/** Holds that whatever an expression may name has a value to be tried on, although nothing has run. */
import { describe, expect, it } from 'vitest';
import { type Catalog, flatScope, type Json, scopeAt } from '@/model';
import { exampleOf } from './example';
import { lookUp, trialOf } from './trial';

const text = { type: 'string' };
const CATALOG: Catalog = {
  nodes: {
    'shop.find': {
      kind: 'shop.find',
      title: { es: '', en: '', pt: '' },
      summary: { es: '', en: '', pt: '' },
      params: {},
      output: { type: 'object', properties: { code: text, count: { type: 'integer', minimum: 3 } } },
      sends: false,
      promise: 'pure',
      refusals: [],
    },
  },
  events: {
    'cart.updated': {
      title: { es: '', en: '', pt: '' },
      data: {
        type: 'object',
        properties: { total: { type: 'number' }, items: { type: 'array', items: text } },
      },
      sample: { total: 10, items: ['a', 'b'] },
    },
    'order.paid': {
      title: { es: '', en: '', pt: '' },
      data: { type: 'object', properties: { order_id: text } },
      sample: { order_id: 'o-1' },
    },
  },
  connectors: {},
  contact: { type: 'object', properties: { first_name: text, phone: { ...text, 'x-widget': 'phone' } } },
  org: { type: 'object', properties: { name: text } },
};
const DOCUMENT: Json = {
  operandi: 1,
  name: 'x',
  inputs: { patience: { type: 'duration' }, minimum: { type: 'number', default: 5 } },
  trigger: { event: 'cart.updated' },
  goal: { event: 'order.paid', match: {}, where: 'true', within: '1d' },
  steps: [
    { id: 'find', action: 'shop.find', with: {} },
    { id: 'keep', set: { total: '${event.total}', fixed: 3, more: '${event.total + 1}' } },
    { id: 'each', each: 'event.items', steps: [{ id: 'inner', script: 'item' }] },
  ],
};
const KNOWN = {
  event: { total: 10, items: ['a', 'b'] },
  steps: {},
  contact: undefined,
  inputs: { minimum: 7 },
};

describe('what an expression is tried on', () => {
  it('has a value for every variable there is', () => {
    for (const path of ['/steps/2/steps/0/script', '/goal/where', '/trigger/where']) {
      const scope = scopeAt(DOCUMENT as never, CATALOG, path);
      const trial = trialOf(DOCUMENT as never, scope, KNOWN);
      const known = flatScope(scope).filter(({ expression }) => !/^(org|now|vars$)/.test(expression));
      for (const { expression } of known)
        expect(lookUp(trial, expression), `${path} ${expression}`).toBeDefined();
    }
  });

  it('takes what is known before what a schema gives', () => {
    const scope = scopeAt(DOCUMENT as never, CATALOG, '/steps/2/steps/0/script');
    const trial = trialOf(DOCUMENT as never, scope, { ...KNOWN, steps: { find: { code: 'real' } } });
    expect(trial.inputs).toEqual({ patience: '1h', minimum: 7 });
    expect(trial.vars).toEqual({ total: 10, fixed: 3, more: 'more' });
    expect(lookUp(trial, 'steps.keep.fixed')).toBe(3);
    const run = { find: { code: 'real' }, keep: { total: 1, fixed: 3, more: 2 } };
    expect(trialOf(DOCUMENT as never, scope, { ...KNOWN, steps: run }).vars).toEqual(run.keep);
    expect(trial.item).toBe('a');
    expect(lookUp(trial, 'steps.find.code')).toBe('real');
    const other = trialOf(DOCUMENT as never, scope, KNOWN);
    expect(lookUp(other, 'steps.find')).toEqual({ code: 'code', count: 3 });
    expect(lookUp(other, 'contact.phone')).toBe('+5491155551234');
  });

  it('finds values whatever their names are', () => {
    const value = { event: { 'a b': { 'c.d': 1 }, 'e/f': 2, '~': 3 } };
    expect(lookUp(value, 'event["a b"]["c.d"]')).toBe(1);
    expect(lookUp(value, 'event["e/f"]')).toBe(2);
    expect(lookUp(value, 'event["~"]')).toBe(3);
    expect(lookUp(value, 'event?.x')).toBeUndefined();
  });
});

describe('an example', () => {
  it('is one the schema allows', () => {
    expect(exampleOf({ enum: [null, 'open'] }, 'x')).toBe('open');
    expect(exampleOf({ type: ['integer', 'null'] }, 'x')).toBe(1);
    expect(exampleOf({ anyOf: [{ type: 'null' }, { type: 'boolean' }] }, 'x')).toBe(false);
    expect(exampleOf({ type: 'array', items: { type: 'string' } }, 'tag')).toEqual(['tag']);
    expect(exampleOf({ type: 'string', format: 'date-time' }, 'x')).toMatch(/^\d{4}-/);
    expect(exampleOf(true, 'x')).toBe('x');
  });
});
