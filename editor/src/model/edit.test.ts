// biome-ignore-all lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: how documents write expressions.
import { describe, expect, it } from 'vitest';
import { blankStep } from './blank';
import { BLOCK_KINDS, kindOf, type Step } from './blocks';
import { type Document, named, naming, placeAt, placeOf, placesOf } from './document';
import { setDocument, setEnabled, setField, setHeader, setNote } from './edit-fields';
import { duplicateSteps, insertSteps, moveSteps, removeSteps, unwrap, wrapInCondition } from './edit-steps';
import { addWay, moveWay, removeWay, renameWay, setWeights, waysToAdd } from './edit-ways';
import { freshId, slug } from './ids';
import { field, type Json } from './json';
import type { Built } from './operation';
import { apply } from './patch';
import { referencesTo, renameStep } from './rename';
import { documentOf, SAMPLE } from './samples.testing';

const w = (id: string): Step => ({ id, wait: { for: '1h' } });

function applied(document: Document, built: Built): Document {
  if (!built.ok) throw new Error(built.error.key);
  const done = apply(document, built.value.patches);
  if (!done.ok) throw new Error(`${done.error.code} ${done.error.path}`);
  return done.value.document;
}

const refused = (built: Built) => (built.ok ? 'done' : built.error.key);
const order = (document: Document) =>
  [...placesOf(document).values()].map((place) => '  '.repeat(place.depth) + place.key);
const stepsAfter = (document: Document, built: Built): Json | undefined =>
  field(applied(document, built), 'steps');

describe('steps', () => {
  const tree = documentOf(w('a'), { id: 'c', if: 'x', then: [w('t'), w('u')], else: [] }, w('b'));

  it.each<[string, readonly string[], string, number, readonly string[]]>([
    ['down its list', ['a'], '/steps', 3, ['c', '  t', '  u', 'b', 'a']],
    ['up its list', ['b'], '/steps', 0, ['b', 'a', 'c', '  t', '  u']],
    ['into the block behind it', ['a'], '/steps/1/then', 1, ['c', '  t', '  a', '  u', 'b']],
    ['into a branch', ['b'], '/steps/1/else', 0, ['a', 'c', '  t', '  u', '  b']],
    ['out of a branch', ['t'], '/steps', 1, ['a', 't', 'c', '  u', 'b']],
    ['several, in their order', ['b', 'a'], '/steps/1/then', 2, ['c', '  t', '  u', '  a', '  b']],
    ['several around the spot', ['a', 'u'], '/steps', 2, ['c', '  t', 'a', 'u', 'b']],
    ['a block with one of its own', ['c', 't'], '/steps', 0, ['c', '  t', '  u', 'a', 'b']],
    ['to where it is', ['a'], '/steps', 1, ['a', 'c', '  t', '  u', 'b']],
  ])('move %s', (_, keys, list, index, expected) => {
    expect(order(applied(tree, moveSteps(tree, keys, { list, index })))).toEqual(expected);
  });

  it('are refused what makes no sense', () => {
    expect(refused(moveSteps(tree, ['c'], { list: '/steps/1/then', index: 0 }))).toBe('refuse.into_itself');
    expect(refused(moveSteps(tree, ['x'], { list: '/steps', index: 0 }))).toBe('refuse.no_step');
    expect(refused(moveSteps(tree, ['a'], { list: '/steps/1/with', index: 0 }))).toBe('refuse.no_place');
    expect(refused(insertSteps(tree, { list: '/steps', index: 9 }, [w('x')]))).toBe('refuse.no_place');
    expect(refused(insertSteps(tree, { list: '/steps', index: 0 }, []))).toBe('refuse.no_steps');
    expect(refused(removeSteps(tree, []))).toBe('refuse.no_step');
    expect(refused(wrapInCondition(tree, ['a', 'b'], 'x'))).toBe('refuse.not_together');
    expect(refused(unwrap(tree, 'a'))).toBe('refuse.nothing_to_unwrap');
    const full = documentOf(...Array.from({ length: 1000 }, (_, at) => w(`s_${at}`)));
    expect(refused(duplicateSteps(full, ['s_1']))).toBe('refuse.too_many_steps');
  });

  it('go into lists the document does not write yet', () => {
    const bare = documentOf(
      { id: 'c', if: 'x' },
      { id: 's', split: { a: 1, b: 1 } },
      { id: 'w', wait_for: { event: 'e', timeout: '1h' } },
    );
    const put = (list: string) => applied(bare, insertSteps(bare, { list, index: 0 }, [w('n')]));
    expect(placeOf(put('/steps/0/else'), 'n')?.path).toBe('/steps/0/else/0');
    expect(placeOf(put('/steps/1/paths/b'), 'n')?.path).toBe('/steps/1/paths/b/0');
    expect(placeOf(put('/steps/2/on_timeout'), 'n')?.path).toBe('/steps/2/on_timeout/0');
  });

  it('are removed, and what stands near is selected', () => {
    const next = removeSteps(documentOf(w('a'), w('b'), w('c')), ['a', 'b']);
    expect(next.ok && next.value.select).toEqual(['c']);
    const built = removeSteps(tree, ['t', 'c', 'b']);
    expect(order(applied(tree, built))).toEqual(['a']);
    expect(built.ok && built.value.select).toEqual(['a']);
  });

  it('are duplicated with new ids, their references following', () => {
    const document = documentOf({ id: 'x', script: 'steps.y.a' }, { id: 'y', goto: 'x', limit: 2 });
    const copies = stepsAfter(document, duplicateSteps(document, ['x', 'y']));
    expect(copies).toMatchObject([{}, {}, { id: 'x_2', script: 'steps.y_2.a' }, { id: 'y_2', goto: 'x_2' }]);
  });

  it('are wrapped and unwrapped', () => {
    const wrapped = applied(tree, wrapInCondition(tree, ['a', 'c'], 'event.x'));
    expect(order(wrapped)).toEqual(['if', '  a', '  c', '    t', '    u', 'b']);
    expect(order(applied(wrapped, unwrap(wrapped, 'if')))).toEqual(order(tree));
  });

  it('begin blank, with a fresh id', () => {
    for (const kind of BLOCK_KINDS) expect(kindOf(blankStep(SAMPLE, kind))).toBe(kind);
    expect(blankStep(SAMPLE, 'action', '¡Enviar Ñandú! 2', { action: 'x.y' })).toMatchObject({
      id: 'enviar_nandu_2',
      action: 'x.y',
    });
    expect(freshId(new Set(['a', 'a_2']), 'a')).toBe('a_3');
    expect([slug('12 horas'), slug('¿?'), slug('A'.repeat(50)).length]).toEqual(['horas', '', 32]);
  });
});

describe('ids', () => {
  it('are made up as the engine makes them up', () => {
    const document = documentOf(
      { wait: { for: '1h' } },
      {
        id: 'c',
        if: 'x',
        then: [{ stop: 'a' }],
        else: [{ split: { 'A b': 1 }, paths: { 'A b': [{ stop: 'b' }] } }],
      },
      { switch: [{ when: 'x', steps: [{ stop: 'c' }] }] },
      { id: 'wait_5', stop: 'd' },
      { wait: { for: '1h' } },
    );
    expect([...placesOf(document).keys()]).toEqual([
      'wait_1',
      'c',
      'c_then_1',
      'c_else_1',
      'c_else_1_a_b_1',
      'switch_3',
      'switch_3_switch_0_1',
      'wait_5',
      'wait_5_2',
    ]);
    const done = apply(document, naming(document));
    expect(done.ok && done.value.document).toEqual(named(document));
    expect(Object.keys(placeOf(named(document), 'wait_1')?.step ?? {})[0]).toBe('id');
    expect(named(SAMPLE)).toBe(SAMPLE);
  });

  it('that stand twice are told apart, and what is no step does no harm', () => {
    const document = { steps: [w('a'), w('a'), 5, { id: 7 }, null, { if: [], then: 'x' }] } as Document;
    expect([...placesOf(document).keys()]).toEqual(['a', 'a#2', 'step_3', 'step_4', 'step_5', 'if_6']);
  });

  it('are found by a problem’s pointer', () => {
    expect(placeAt(SAMPLE, '/steps/2/on_timeout/0/paths/a/0/with/percent')?.key).toBe('coupon');
    expect(placeAt(SAMPLE, '/steps/2/on_timeout')?.key).toBe('answer');
    expect(placeAt(SAMPLE, '/trigger/where')).toBeUndefined();
  });
});

describe('fields', () => {
  const document = documentOf({ id: 'a', action: 'x.y' });
  const set = (path: string, value: Json | undefined) =>
    stepsAfter(document, setField(document, 'a', path, value));

  it('are set wherever they are, and taken away', () => {
    expect(set('/with/a~1b/0', 1)).toEqual([{ id: 'a', action: 'x.y', with: { 'a/b': { '0': 1 } } }]);
    expect(set('/action', 'z')).toEqual([{ id: 'a', action: 'z' }]);
    expect(set('/action', undefined)).toEqual([{ id: 'a' }]);
    expect(set('/none', undefined)).toEqual([{ id: 'a', action: 'x.y' }]);
    expect(refused(setField(document, 'a', '/action/x', 1))).toBe('refuse.no_place');
    expect(refused(setField(document, 'a', '', 1))).toBe('refuse.no_place');
  });

  it('switch steps on and off, and leave notes', () => {
    const off = applied(document, setEnabled(document, ['a'], false));
    expect(placeOf(off, 'a')?.off).toBe(true);
    expect(applied(off, setEnabled(off, ['a'], true))).toEqual(document);
    const noted = applied(document, setNote(document, 'a', 'hey'));
    expect(applied(noted, setNote(noted, 'a', ' '))).toEqual(document);
  });

  it('of the document stand in their usual order', () => {
    const goal = { event: 'a.b', match: {}, within: '5d' };
    const changed = applied(document, setHeader(document, '/goal', goal));
    expect(Object.keys(changed)).toEqual(['operandi', 'name', 'trigger', 'goal', 'steps']);
    expect(Object.keys(applied(changed, setHeader(changed, '/inputs/x/type', 'text')))).toEqual([
      'operandi',
      'name',
      'inputs',
      'trigger',
      'goal',
      'steps',
    ]);
    expect(applied(document, setHeader(document, '/name', { es: 'y' }))).toMatchObject({ name: { es: 'y' } });
    expect(refused(setHeader(document, '/steps', []))).toBe('refuse.no_place');
    expect(applied(document, setDocument(SAMPLE))).toBe(SAMPLE);
  });
});

describe('ways', () => {
  const split = documentOf({ id: 's', split: { a: 50, b: 30 }, paths: { a: [w('x')], b: [] } });
  const cases = documentOf({
    id: 'w',
    switch: [
      { when: 'p', steps: [w('x')] },
      { when: 'q', steps: [] },
    ],
  });

  it('are added where a block can have them', () => {
    expect(waysToAdd(SAMPLE, 'reminder')).toEqual(['error']);
    expect(waysToAdd(split, 's')).toEqual(['path', 'error']);
    expect(stepsAfter(split, addWay(split, 's', { kind: 'path', name: 'c' }))).toMatchObject([
      { split: { c: 40 }, paths: { c: [] } },
    ]);
    expect(stepsAfter(cases, addWay(cases, 'w', { kind: 'case', when: 'r' }))).toMatchObject([
      { switch: [{}, {}, { when: 'r', steps: [] }] },
    ]);
    const ask = documentOf({ id: 'q', ask: { question: '?', answers: { yes: 'Sí' } } });
    expect(stepsAfter(ask, addWay(ask, 'q', { kind: 'answer', name: 'no', button: 'No' }))).toMatchObject([
      { ask: { answers: { yes: 'Sí', no: 'No' } }, on: { no: [] } },
    ]);
    expect(stepsAfter(ask, addWay(ask, 'q', { kind: 'timeout' }))).toMatchObject([{ on_timeout: [] }]);
    expect(refused(addWay(split, 's', { kind: 'path', name: 'a' }))).toBe('refuse.way_taken');
    expect(refused(addWay(split, 's', { kind: 'path', name: ' ' }))).toBe('refuse.way_empty');
    expect(refused(addWay(split, 's', { kind: 'lane', name: 'a' }))).toBe('refuse.not_a_way');
  });

  it('are renamed in place, weight and steps together', () => {
    const renamed = stepsAfter(split, renameWay(split, 's', '/paths/a', 'z/z'));
    expect(JSON.stringify(renamed)).toBe(
      JSON.stringify([{ id: 's', split: { 'z/z': 50, b: 30 }, paths: { 'z/z': [w('x')], b: [] } }]),
    );
    expect(stepsAfter(cases, renameWay(cases, 'w', '/switch/1/steps', 'r'))).toMatchObject([
      { switch: [{ when: 'p' }, { when: 'r' }] },
    ]);
    expect(refused(renameWay(SAMPLE, 'known', '/then', 'x'))).toBe('refuse.way_fixed');
  });

  it('change places', () => {
    const moved = stepsAfter(split, moveWay(split, 's', '/paths/a', 1));
    expect(JSON.stringify(moved)).toBe(
      JSON.stringify([{ id: 's', split: { b: 30, a: 50 }, paths: { b: [], a: [w('x')] } }]),
    );
    expect(stepsAfter(cases, moveWay(cases, 'w', '/switch/1/steps', 0))).toMatchObject([
      { switch: [{ when: 'q' }, { when: 'p' }] },
    ]);
  });

  it('are removed, but for the last one', () => {
    const one = applied(split, removeWay(split, 's', '/paths/a'));
    expect(one['steps']).toEqual([{ id: 's', split: { b: 30 }, paths: { b: [] } }]);
    expect(refused(removeWay(one, 's', '/paths/b'))).toBe('refuse.last_way');
    expect(stepsAfter(SAMPLE, removeWay(SAMPLE, 'reminder', '/fallback'))).not.toMatchObject([
      {},
      { fallback: [] },
    ]);
    expect(refused(removeWay(SAMPLE, 'known', '/nowhere'))).toBe('refuse.no_way');
  });

  it('of a split share their weights', () => {
    expect(stepsAfter(split, setWeights(split, 's', { a: 90, b: 10 }))).toMatchObject([
      { split: { a: 90, b: 10 } },
    ]);
  });
});

describe('renaming a step', () => {
  const references = documentOf(
    { id: 'old', stop: 'x' },
    { id: 'e', if: 'steps.old.x && a.steps.old == "steps.old" && steps.older', then: [], else: [] },
    {
      id: 't',
      action: 'old',
      with: { if: 'steps.old', a: ['${steps["old"].y} ${`${steps?.old}`} steps.old'] },
      note: '${steps.old}',
    },
    { id: 'g', goto: 'old', limit: 1 },
    { id: 's', script: 'let steps = 1; steps.old' },
    { id: 'c', script: '// steps.old\nsteps.old + /* steps.old */ steps . old' },
    {
      id: 'p',
      split: { goto: 1 },
      paths: { goto: [{ id: 'i', set: { goto: 'old', when: '${steps.old}' } }] },
    },
  );

  it('rewrites what surely names it, and nothing else', () => {
    expect(stepsAfter(references, renameStep(references, 'old', 'new'))).toEqual([
      { id: 'new', stop: 'x' },
      { id: 'e', if: 'steps.new.x && a.steps.old == "steps.old" && steps.older', then: [], else: [] },
      {
        id: 't',
        action: 'old',
        with: { if: 'steps.old', a: ['${steps["new"].y} ${`${steps?.new}`} steps.old'] },
        note: '${steps.old}',
      },
      { id: 'g', goto: 'new', limit: 1 },
      { id: 's', script: 'let steps = 1; steps.old' },
      { id: 'c', script: '// steps.old\nsteps.new + /* steps.old */ steps . new' },
      {
        id: 'p',
        split: { goto: 1 },
        paths: { goto: [{ id: 'i', set: { goto: 'old', when: '${steps.new}' } }] },
      },
    ]);
    expect(referencesTo(references, 'old')).toEqual(['e', 't', 'g', 'c', 'i']);
  });

  it('is refused for names that are none or taken', () => {
    expect(refused(renameStep(references, 'old', 'No'))).toBe('refuse.bad_id');
    expect(refused(renameStep(references, 'old', 'e'))).toBe('refuse.id_taken');
  });
});
