/** Holds where expressions are written and which value of the document that is. The `|` is the cursor. */
import { describe, expect, it } from 'vitest';
import { nameAt, pointerAt } from './expressions';

function cut(text: string): [string, number] {
  const at = text.indexOf('|');
  return [text.replace('|', ''), at];
}

describe('an expression in a text', () => {
  it.each([
    ['  if: event.to|', 'event.to'],
    ['  - where: event.total > 3.0 && co|', 'co'],
    ['  text: "Hola ${contact.fi|"', 'contact.fi'],
    ['  text: "Hola ${|', ''],
    ['  text: "Hola ${contact.name}|"', undefined],
    ['  text: Hola|', undefined],
    ['  if: event.total|.x', 'event.total'],
    ['  if: |', ''],
    ['  script: ||', undefined],
  ])('in %j the name is %j', (text, word) => {
    // In the last case the cursor stands behind a bar of the text's own.
    const at = text.endsWith('||') ? text.length - 1 : text.indexOf('|');
    const clean = text.slice(0, at) + text.slice(at + 1);
    expect(nameAt(clean, at)?.word).toBe(word);
  });

  it.each([
    ['steps:\n  - id: a\n    if: ev|ent\n    then: []\n', '/steps/0/if'],
    ['steps:\n  - id: a\n  - id: b\n    with: { to: "${ev|}" }\n', '/steps/1/with/to'],
    ['trigger:\n  where: x|\n', '/trigger/where'],
    ['exit:\n  - { event: x, where: inc| }\n', '/exit/0/where'],
    ['|', ''],
  ])('in %j the pointer is %j', (text, pointer) => {
    expect(pointerAt(...cut(text))).toBe(pointer);
  });
});
