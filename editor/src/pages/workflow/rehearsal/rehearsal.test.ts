/** Holds what is offered to happen, how the clock moves, and what a message looks like. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Catalog, Document } from '@/model';
import { bubbleOf } from './bubble';
import { offeredBy } from './happenings';
import type { Rehearsed } from './requests';
import { beginning, besides, storyOf, talkOf, timeAt, UNITS, unitsOf, until } from './story';

const CATALOG: Catalog = {
  nodes: {},
  events: {
    'order.created': {
      title: { es: '', en: '', pt: '' },
      data: true,
      sample: { order_id: '1', cart_id: 'c0ffee' },
    },
  },
  connectors: {},
  contact: true,
  org: true,
};

const DOCUMENT: Document = {
  operandi: 1,
  trigger: { event: 'cart.updated' },
  exit: [{ event: ['order.created', 'cart.deleted'], match: { cart_id: '${event.cart_id}' } }],
  goal: { event: 'order.created' },
  steps: [
    {
      id: 'a',
      wait_for: {
        any: [{ event: 'message.received', match: { contact: '${ event.buyer.id }', kind: 'text' } }],
      },
    },
  ],
};

describe('what can happen', () => {
  it('is what the document listens for, once, with data that matches', () => {
    const event = { cart_id: 'c-7', buyer: { id: 'p-1' } };
    expect(offeredBy(DOCUMENT, CATALOG, event)).toEqual([
      { type: 'message.received', by: 'wait', data: { contact: 'p-1', kind: 'text' } },
      { type: 'order.created', by: 'exit', data: { order_id: '1', cart_id: 'c-7' } },
      { type: 'cart.deleted', by: 'exit', data: { cart_id: 'c-7' } },
    ]);
  });
});

const START = Date.parse('2026-11-21T12:00:00Z');
const at = (ms: number) => new Date(START + ms).toISOString();

function rehearsed(times: readonly number[], messages: readonly number[] = []): Rehearsed {
  return {
    status: 'completed',
    outcome: null,
    entries: times.map((time) => ({
      at: at(time),
      run: 1,
      key: '',
      step: 'a',
      kind: 'wait',
      status: 'waiting',
      reason: null,
      reason_code: null,
      until: null,
      input: null,
      output: null,
    })),
    messages: messages.map((time) => ({
      at: at(time),
      run: 1,
      step: 'a',
      kind: '',
      channel: '',
      to: '',
      purpose: null,
      params: {},
    })),
    runs: [],
    problems: [],
    truncated: false,
  };
}

describe('the clock', () => {
  const HOUR = 3_600_000;
  const story = storyOf(rehearsed([0, 0, HOUR, 24 * HOUR]));

  it('gives every moment the same room', () => {
    expect(story.moments).toEqual([0, HOUR, 24 * HOUR]);
    expect(unitsOf(story, HOUR)).toBe(UNITS);
    expect(unitsOf(story, 24 * HOUR)).toBe(2 * UNITS);
    expect(timeAt(story, UNITS / 2)).toBe(HOUR / 2);
  });

  it('comes back to where it was', () => {
    const times = fc.uniqueArray(fc.nat(10 * 24 * HOUR), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(times, fc.nat(), (some, seed) => {
        const made = storyOf(rehearsed([0, ...some].toSorted((a, b) => a - b)));
        const units = seed % (UNITS * made.moments.length);
        const time = timeAt(made, units);
        return Math.abs(timeAt(made, unitsOf(made, time)) - time) <= 1 && besides(made, time, 1) >= time;
      }),
    );
  });

  it('begins at the first message', () => {
    expect(beginning(rehearsed([0, HOUR, 2 * HOUR], [HOUR]))).toBe(HOUR);
    expect(beginning(rehearsed([0, HOUR]))).toBe(0);
  });

  it('tells what has happened', () => {
    expect(until(story, rehearsed([0, HOUR, 24 * HOUR]).entries, HOUR)).toHaveLength(2);
  });
});

describe('a talk', () => {
  it('keeps the order of the story while the clock stands still', () => {
    const made = rehearsed([0, 5, 5, 5], [5, 5]);
    const entries = made.entries.map((entry, index) => ({
      ...entry,
      ...(index === 2 ? { kind: 'event', step: null, run: 0 } : { step: `s${index}` }),
    }));
    const messages = made.messages.map((message, index) => ({ ...message, step: index === 0 ? 's1' : 's3' }));
    const talk = talkOf({ ...made, entries, messages });
    expect(talk.map((one) => ('sent' in one ? one.sent.step : 'back'))).toEqual(['s1', 'back', 's3']);
  });
});

describe('a message', () => {
  const schema = {
    properties: {
      connection: { 'x-widget': 'connection' },
      to: { 'x-widget': 'contact' },
      text: { 'x-widget': 'textarea' },
      html: { 'x-widget': 'html' },
      template: { 'x-titles': { es: 'Plantilla' } },
    },
  };

  it('shows its words and not where it goes', () => {
    expect(bubbleOf({ connection: 'c', to: 'p', text: 'Hola', language: 'es' }, schema, 'es')).toEqual({
      subject: undefined,
      text: 'Hola',
      facts: [],
    });
  });

  it('shows a letter without its markup', () => {
    const html = '<style>p{}</style><p>Hola <b>Ana</b></p><p>&amp; chau</p>';
    expect(bubbleOf({ subject: 'Che', html }, schema, 'es')).toMatchObject({
      subject: 'Che',
      text: 'Hola Ana\n& chau',
    });
  });

  it('shows what a template is filled with', () => {
    const { facts } = bubbleOf({ template: 'cart', variables: ['Ana', 2] }, schema, 'es');
    expect(facts).toEqual([
      { name: 'Plantilla', value: 'cart' },
      { name: 'variables', value: 'Ana · 2' },
    ]);
  });
});
