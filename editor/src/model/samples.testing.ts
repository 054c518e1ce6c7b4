// biome-ignore-all lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: how documents write expressions.
/**
 * Documents for tests: the one every test may read, and arbitrary ones for properties.
 * Only tests import it.
 */

import fc from 'fast-check';
import type { Step } from './blocks';
import { waysOf } from './blocks';
import { type Document, placesOf } from './document';
import type { Json } from './json';

/** A small shop flow with most blocks. */
export const SAMPLE: Document = {
  operandi: 1,
  name: { es: 'Recuperar', en: 'Win back', pt: 'Recuperar' },
  inputs: { patience: { type: 'duration', default: '1h' } },
  trigger: { event: ['cart.created', 'cart.updated'], where: 'event.total > 0', key: 'event.cart_id' },
  exit: [{ event: 'order.created', match: { cart_id: '${event.cart_id}' } }],
  steps: [
    { id: 'patience', wait: { for: '${inputs.patience}' } },
    {
      id: 'reminder',
      action: 'channel.send',
      with: { to: '${event.contact}' },
      fallback: [{ id: 'unreachable', stop: 'unreachable' }],
    },
    {
      id: 'answer',
      wait_for: { event: 'message.received', match: { contact: '${event.contact}' }, timeout: '23h' },
      on_timeout: [
        {
          id: 'test',
          split: { a: 50, b: 50 },
          paths: { a: [{ id: 'coupon', action: 'coupon.create', with: { percent: 10 } }], b: [] },
        },
      ],
    },
    {
      id: 'known',
      if: 'steps.answer.timed_out',
      then: [{ id: 'again', goto: 'patience', limit: 2 }],
      else: [{ id: 'thanks', action: 'channel.send', with: { text: 'Hola ${steps["answer"].event.text}' } }],
    },
    { id: 'served', stop: 'answered' },
  ],
};

/** A document with these steps and nothing special else. */
export function documentOf(...steps: readonly Step[]): Document {
  return { operandi: 1, name: 'x', trigger: { manual: true }, steps };
}

/** A chain of blocks, every tenth a condition with two steps in each way, `count` steps in all. */
export function longDocument(count: number): Document {
  const steps: Step[] = [];
  let number = 0;
  const leaf = (): Step => ({ id: `s_${++number}`, wait: { for: '1h' } });
  while (number < count) {
    const left = count - number;
    if (number % 10 !== 9 || left < 5) steps.push(leaf());
    else steps.push({ id: `s_${++number}`, if: 'true', then: [leaf(), leaf()], else: [leaf(), leaf()] });
  }
  return documentOf(...steps);
}

const word = fc.constantFrom('a', 'b', 'B b', 'with/slash', 'til~de', 'set', 'if', '10', '2');
const text = fc.oneof(
  fc.constantFrom(
    'event.total > 1',
    '${steps.s_1.x}',
    'steps.s_2.y == "steps.s_1"',
    'Hola ${contact.name} $${no}',
    '',
  ),
  fc.string({ maxLength: 12 }),
);
const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(word, fc.string({ maxLength: 6 })), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value;

/** Any JSON value. */
export const anyValue = value;

const leaf: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>({ wait: { for: '1h' } }),
  fc.record<Step>({
    action: fc.constantFrom('a.send', 'b.get'),
    with: fc.dictionary(word, value, { maxKeys: 2, noNullPrototype: true }),
  } as never),
  fc.record<Step>({ script: text } as never),
  fc.constant<Step>({ stop: 'done' }),
  fc.constant<Step>({ goto: 's_1', limit: 3 }),
  fc.record<Step>({
    set: fc.dictionary(word, value, { maxKeys: 2, noNullPrototype: true }),
    note: text,
  } as never),
  fc.constant<Step>({ call: 'other', wait: false, enabled: false }),
  fc.constant<Step>({ wait_for: { event: 'a.b', match: { x: 1 } } }),
);

const nested = fc.letrec<{ step: Step; steps: readonly Step[] }>((tie) => ({
  steps: fc.array(tie('step'), { maxLength: 3, depthIdentifier: 'step' }),
  step: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'step', withCrossShrink: true },
    leaf,
    fc
      .tuple(
        tie('steps'),
        tie('steps'),
        tie('steps'),
        fc.integer({ min: 0, max: 9 }),
        fc.uniqueArray(word, { minLength: 3, maxLength: 3 }),
      )
      .map(([one, two, three, kind, [x = 'x', y = 'y', z = 'z']]): Step => {
        const block: readonly Step[] = [
          { if: 'event.x > 1', then: one, else: two },
          { if: 'event.x > 1' },
          {
            switch: [
              { when: 'true', steps: one },
              { when: 'false', steps: two },
            ],
            else: three,
          },
          { split: { [x]: 1, [y]: 2 }, paths: { [y]: one, [z]: two } },
          { each: 'event.items', as: 'line', steps: one },
          { parallel: { [x]: one, [y]: two, [z]: three }, join: 'any' },
          { repeat: { until: 'true', limit: 3 }, steps: one, on_error: two },
          {
            ask: { question: '?', answers: { [x]: 'Sí', [y]: 'No' }, timeout: '1h' },
            on: { [x]: one },
            on_timeout: two,
          },
          { action: 'a.send', fallback: one, on_error: two },
          {
            wait_for: { event: 'a.b', match: { x: 1 }, timeout: '1h' },
            on_timeout: one,
            enabled: three.length > 1,
          },
        ];
        return block[kind] ?? { stop: 'x' };
      }),
  ),
}));

/** Any list of steps, all with ids. */
export const anySteps: fc.Arbitrary<readonly Step[]> = fc
  .array(nested.step, { maxLength: 5 })
  .map((steps) => {
    let number = 0;
    return steps.map((step) => withIds(step, () => `s_${++number}`));
  });

/** The step, and all inside it, with ids. */
export function withIds(step: Step, next: () => string): Step {
  const copy = JSON.parse(JSON.stringify({ id: next(), ...step })) as Record<string, Json>;
  const fill = (one: Step): void => {
    for (const way of waysOf(one)) {
      for (const [at, inner] of way.steps.entries()) {
        const made = { id: next(), ...inner };
        (way.steps as Step[])[at] = made;
        fill(made);
      }
    }
  };
  fill(copy);
  return JSON.parse(JSON.stringify(copy)) as Step;
}

/** Any document, all steps with ids. */
export const anyDocument: fc.Arbitrary<Document> = fc
  .record({
    steps: anySteps,
    key: text,
    purpose: fc.option(fc.constantFrom('marketing', 'service'), { nil: undefined }),
  })
  .map(({ steps, key, purpose }) => ({
    operandi: 1,
    name: { es: 'Uno', en: 'One', pt: 'Um' },
    ...(purpose === undefined ? {} : { purpose }),
    inputs: { b: { type: 'number', default: 1.5 }, a: { type: 'text' } },
    trigger: { event: ['a.b', 'c.d'], key },
    steps,
  }));

/** The keys of a document's steps. */
export function keysOf(document: Document): readonly string[] {
  return [...placesOf(document).keys()];
}
