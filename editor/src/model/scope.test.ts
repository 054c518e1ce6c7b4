// biome-ignore-all lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
import { describe, expect, it } from 'vitest';
import type { Step } from './blocks';
import type { Catalog, Words } from './catalog';
import { type Document, placeOf } from './document';
import { earlierThan } from './flow';
import { documentOf, SAMPLE } from './samples.testing';
import { flatScope, scopeAt } from './scope';

const words: Words = { es: '', en: '', pt: '' };
const CATALOG: Catalog = {
  nodes: {
    'coupon.create': {
      kind: 'coupon.create',
      title: words,
      summary: words,
      params: true,
      output: { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] },
      sends: false,
      promise: 'keyed',
      refusals: [],
    },
  },
  events: {
    'cart.created': {
      title: words,
      data: {
        type: 'object',
        required: ['cart_id', 'total'],
        properties: {
          cart_id: { type: 'string' },
          total: { $ref: '#/$defs/Money' },
          lines: { type: 'array', items: { $ref: '#/$defs/Line' } },
        },
        $defs: {
          Money: { type: 'object', properties: { amount: { type: 'integer' } } },
          Line: { type: 'object', properties: { title: { type: ['string', 'null'] } } },
        },
      },
      sample: { cart_id: 'c-1', total: { amount: 100 } },
    },
    'cart.updated': {
      title: words,
      data: { type: 'object', required: ['cart_id'], properties: { cart_id: { type: 'string' } } },
      sample: {},
    },
    'message.received': {
      title: words,
      data: { type: 'object', properties: { text: { $ref: '#/$defs/T' } }, $defs: { T: { type: 'string' } } },
      sample: { text: 'hola' },
    },
  },
  connectors: {},
  contact: { type: 'object', properties: { first_name: { type: 'string' } } },
  org: { type: 'object', properties: { zone: { type: 'string' } } },
};

const w = (id: string): Step => ({ id, wait: { for: '1h' } });
const script = (id: string): Step => ({ id, script: '1' });

function expressions(document: Document, path: string): readonly string[] {
  return flatScope(scopeAt(document, CATALOG, path)).map((variable) => variable.expression);
}

/** The steps before one: `a` when surely, `a?` when perhaps. */
function before(steps: readonly Step[], key: string): string {
  return earlierThan(documentOf(...steps), key)
    .map((one) => one.key + (one.sure ? '' : '?'))
    .join(' ');
}

describe('what has run before', () => {
  const branch: Step = { id: 'c', if: 'event.x', then: [script('t')], else: [script('e')] };
  const lanes: Step = { id: 'p', parallel: { a: [script('x')], b: [script('y')] } };
  it.each<[string, readonly Step[], string, string]>([
    ['steps in a row', [script('a'), script('b'), w('z')], 'z', 'a b'],
    ['one way of a condition', [branch, w('z')], 't', 'c'],
    ['behind a condition', [branch, w('z')], 'z', 'c t? e?'],
    ['a condition that always holds', [{ ...branch, if: 'true' }, w('z')], 'z', 'c t'],
    [
      'a way that stops',
      [{ id: 'c', if: 'x', then: [script('t'), { id: 's', stop: 'x' }], else: [script('e')] }, w('z')],
      'z',
      'c e',
    ],
    ['behind lanes that all end', [lanes, w('z')], 'z', 'p x y'],
    ['behind lanes of which one ends', [{ ...lanes, join: 'any' }, w('z')], 'z', 'p x? y?'],
    ['in a lane', [lanes], 'y', ''],
    [
      'in a loop, what comes later',
      [{ id: 'r', repeat: { limit: 2 }, steps: [script('a'), script('b')] }],
      'a',
      'a? b?',
    ],
    [
      'behind a goto',
      [script('a'), { id: 'c', if: 'x', then: [{ id: 'g', goto: 'a' }], else: [] }, w('z')],
      'a',
      'a? c?',
    ],
    ['a step that is switched off', [{ ...script('a'), enabled: false }, w('z')], 'z', ''],
    ['in a fallback', [{ id: 'a', action: 'x.y', fallback: [w('f')] }, w('z')], 'f', 'a'],
    ['behind a fallback', [{ id: 'a', action: 'x.y', fallback: [script('f')] }, w('z')], 'z', 'a f?'],
    [
      'in an error list, what is inside',
      [{ id: 'r', repeat: { limit: 1 }, steps: [script('a'), script('b')], on_error: [w('h')] }],
      'h',
      'r? a? b?',
    ],
  ])('%s', (_, steps, key, expected) => {
    expect(before(steps, key)).toBe(expected);
  });
});

describe('scope', () => {
  it('holds the event, what was left on this path, and what is always there', () => {
    expect(expressions(SAMPLE, '/steps/3/if')).toEqual([
      'event',
      'event.cart_id',
      'event.total',
      'event.total.amount',
      'event.lines',
      'steps.reminder',
      'steps.answer',
      'steps.answer.timed_out',
      'steps.answer.type',
      'steps.answer.event_id',
      'steps.answer.event',
      'steps.answer.event.text',
      'steps.test',
      'steps.test.path',
      'steps.coupon',
      'steps.coupon.code',
      'inputs',
      'inputs.patience',
      'contact',
      'contact.first_name',
      'org',
      'org.zone',
      'now',
    ]);
  });

  it('tells kinds, samples and what may be missing', () => {
    const all = new Map(
      flatScope(scopeAt(SAMPLE, CATALOG, '/steps/3/if')).map((one) => [one.expression, one]),
    );
    expect(all.get('event.cart_id')).toMatchObject({ kind: 'text', optional: false, sample: 'c-1' });
    expect(all.get('event.total')).toMatchObject({ kind: 'map', optional: true });
    expect(all.get('event.total.amount')).toMatchObject({ kind: 'number', sample: 100 });
    expect(all.get('steps.answer.event.text')).toMatchObject({ kind: 'text', sample: 'hola' });
    expect(all.get('steps.answer')?.optional).toBe(false);
    expect(all.get('steps.answer.timed_out')?.optional).toBe(false);
    expect(all.get('steps.answer.event')?.optional).toBe(true);
    expect(all.get('inputs.patience')?.optional).toBe(false);
    expect(all.get('steps.coupon')?.optional).toBe(true);
    expect(all.get('now')?.kind).toBe('moment');
  });

  it('sees in the trigger neither contact nor steps, in a listener the arriving event', () => {
    const roots = (path: string) => scopeAt(SAMPLE, CATALOG, path).map((group) => group.kind);
    expect(roots('/trigger/where')).toEqual(['event', 'inputs', 'org', 'now']);
    expect(roots('/exit/0/match/cart_id')).toEqual(['event', 'inputs', 'contact', 'org', 'now']);
    expect(roots('/exit/0/where').slice(0, 3)).toEqual(['incoming', 'event', 'step']);
    expect(roots('/steps/2/wait_for/where')).toContain('incoming');
    expect(roots('/steps/2/wait_for/match/contact')).not.toContain('incoming');
    expect(roots('/steps/1/fallback/0/stop')).toContain('error');
  });

  it('sees the element of a list, the lane, variables, and the steps of a loop at its foot', () => {
    const document: Document = {
      ...documentOf(
        { id: 'v', set: { code: 1 } },
        { id: 'l', each: 'event.lines', as: 'line', steps: [w('i')] },
        { id: 'p', parallel: { a: [w('j')] } },
        { id: 'r', repeat: { until: 'x', limit: 2 }, steps: [script('k')] },
      ),
      trigger: { event: 'cart.created' },
    };
    const at = (key: string, field: string) =>
      expressions(document, `${placeOf(document, key)?.path}${field}`);
    expect(at('i', '/wait/for')).toEqual(
      expect.arrayContaining(['line', 'line.title', 'index', 'vars.code']),
    );
    expect(at('j', '/wait/for')).toEqual(expect.arrayContaining(['way', 'steps.l.count']));
    expect(at('j', '/wait/for')).not.toContain('line');
    expect(at('r', '/repeat/until')).toContain('steps.k');
    expect(at('r', '/note')).not.toContain('steps.k');
  });
});
