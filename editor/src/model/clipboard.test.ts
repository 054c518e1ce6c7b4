// biome-ignore-all lint/suspicious/noTemplateCurlyInString: how documents write expressions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copySteps, pasteSteps } from './clipboard';
import { type Document, placesOf } from './document';
import { countSteps } from './edit-steps';
import { apply } from './patch';
import { anyDocument, documentOf, keysOf, SAMPLE } from './samples.testing';

function pasted(document: Document, list: string, index: number, text: string): Document {
  const result = pasteSteps(document, { list, index }, text);
  if (!result.ok) throw new Error(result.error.key);
  const done = apply(document, result.value.operation.patches);
  if (!done.ok) throw new Error(done.error.code);
  return done.value.document;
}

describe('clipboard', () => {
  it('makes ids unique, in the same flow and in another', () => {
    fc.assert(
      fc.property(
        anyDocument,
        anyDocument,
        fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
        (from, to, chosen) => {
          const keys = chosen.flatMap((at) => keysOf(from)[at] ?? []);
          fc.pre(keys.length > 0);
          const text = copySteps(from, keys);
          for (const target of [from, to]) {
            const after = pasted(target, '/steps', 0, text);
            expect(keysOf(after).filter((key) => key.includes('#'))).toEqual([]);
            const copied = keysOf(after).length - keysOf(target).length;
            expect(copied).toBeGreaterThan(0);
            expect(countSteps(after['steps'] as never)).toBe(keysOf(target).length + copied);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('lets references among the copied follow the copies', () => {
    const text = copySteps(SAMPLE, ['answer', 'known']);
    const after = pasted(SAMPLE, '/steps', 5, text);
    const copy = placesOf(after).get('known_2')?.step;
    expect(copy?.['if']).toBe('steps.answer_2.timed_out');
    expect(placesOf(after).get('thanks_2')?.step).toMatchObject({
      with: { text: 'Hola ${steps["answer_2"].event.text}' },
    });
    expect(placesOf(after).get('again_2')?.step).toMatchObject({ goto: 'patience' });
  });

  it('tells what the pasted steps miss elsewhere', () => {
    const result = pasteSteps(documentOf(), { list: '/steps', index: 0 }, copySteps(SAMPLE, ['known']));
    expect(result.ok && result.value.missing).toEqual(['answer', 'patience']);
  });

  it.each([
    ['a: [', 'refuse.bad_text'],
    ['hello', 'refuse.not_steps'],
    ['- 1', 'refuse.not_steps'],
    ['', 'refuse.not_steps'],
    ['- { id: x, note: no block }', 'refuse.not_steps'],
    ['&a [*a]', 'refuse.bad_text'],
  ])('refuses %s', (text, key) => {
    const result = pasteSteps(SAMPLE, { list: '/steps', index: 0 }, text);
    expect(result.ok ? '' : result.error.key).toBe(key);
  });

  it.each(['stop: x', '- stop: x', '{"stop": "x"}', '[{"stop": "x"}]', 'operandi: 1\nsteps:\n  - stop: x\n'])(
    'takes %s',
    (text) => {
      expect(pasted(documentOf(), '/steps', 0, text)['steps']).toEqual([{ id: 'stop', stop: 'x' }]);
    },
  );
});
