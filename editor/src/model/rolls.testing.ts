/**
 * Random edits on whatever a document is by then. Only tests import it.
 */

import fc from 'fast-check';
import { type Step, waysOf } from './blocks';
import { type Document, placesOf } from './document';
import { setEnabled, setField, setHeader, setNote } from './edit-fields';
import { duplicateSteps, insertSteps, moveSteps, removeSteps, unwrap, wrapInCondition } from './edit-steps';
import { addWay, moveWay, removeWay, renameWay } from './edit-ways';
import { begin, type History, perform } from './history';
import type { Built } from './operation';
import { renameStep } from './rename';
import { anySteps, anyValue, keysOf } from './samples.testing';

/** Random numbers that choose an operation. */
export const dice = fc.record({
  what: fc.nat(16),
  a: fc.nat(1000),
  b: fc.nat(1000),
  c: fc.nat(1000),
  value: anyValue,
  // An id is never given to another step; these are no document's own.
  steps: anySteps.map(
    (steps) => JSON.parse(JSON.stringify(steps).replaceAll('"s_', '"n_')) as readonly Step[],
  ),
  name: fc.constantFrom('x', 'y', 'if', '7', 'a/b', 'r_1', 'fresh'),
});
export type Dice = typeof dice extends fc.Arbitrary<infer T> ? T : never;

function lists(document: Document): readonly string[] {
  const inner = [...placesOf(document).values()].flatMap((place) =>
    waysOf(place.step).map((way) => place.path + way.path),
  );
  return ['/steps', ...inner];
}

function pick<T>(items: readonly T[], number: number): T | undefined {
  return items[number % Math.max(1, items.length)];
}

function build(document: Document, roll: Dice): Built {
  const keys = keysOf(document);
  const key = pick(keys, roll.a) ?? 'none';
  const other = pick(keys, roll.b) ?? 'none';
  const slot = { list: pick(lists(document), roll.c) ?? '/steps', index: roll.b % 3 };
  const place = placesOf(document).get(key);
  const way = pick(place ? waysOf(place.step) : [], roll.b)?.path ?? '/then';
  switch (roll.what) {
    case 0:
      return insertSteps(document, slot, roll.steps.slice(0, 2));
    case 1:
      return removeSteps(document, [key, other]);
    case 2:
    case 3:
      return moveSteps(document, [key, other], slot);
    case 4:
      return duplicateSteps(document, [key]);
    case 5:
      return wrapInCondition(document, [key, other], 'event.x');
    case 6:
      return unwrap(document, key);
    case 7:
      return setField(document, key, `/with/${roll.name.replace('/', '~1')}`, roll.value);
    case 8:
      return setField(
        document,
        key,
        pick(['/note', '/with', '/wait/for', '/fallback'], roll.b) ?? '',
        undefined,
      );
    case 9:
      return setEnabled(document, [key, other], roll.c % 2 === 0);
    case 10:
      return setNote(document, key, roll.name);
    case 11:
      return setHeader(
        document,
        pick(['/name/en', '/exit', '/inputs/z/title', '/goal', '/purpose'], roll.b) ?? '',
        roll.value,
      );
    case 12:
      return renameStep(document, key, roll.name);
    case 13: {
      const news = [
        { kind: 'case', when: 'x' },
        { kind: 'path', name: roll.name },
        { kind: 'lane', name: roll.name },
        { kind: 'answer', name: roll.name, button: 'b' },
        { kind: 'error' },
        { kind: 'timeout' },
        { kind: 'fallback' },
      ] as const;
      return addWay(document, key, pick(news, roll.c) ?? { kind: 'error' });
    }
    case 14:
      return removeWay(document, key, way);
    case 15:
      return renameWay(document, key, way, roll.name);
    default:
      return moveWay(document, key, way, roll.c % 4);
  }
}

/** Does what can be done; refusals are as good an answer as any. */
export function play(
  history: History,
  rolls: readonly Dice[],
  each: (history: History) => void = () => undefined,
): History {
  let current = history;
  for (const [at, roll] of rolls.entries()) {
    const built = build(current.document, roll);
    if (!built.ok) continue;
    const done = perform(current, built.value, at * 10);
    if (!done.ok) throw new Error(`${JSON.stringify(done.error)} after ${JSON.stringify(built.value)}`);
    current = done.value.history;
    each(current);
  }
  return current;
}

/** The document after some of these edits. */
export function edited(document: Document, rolls: readonly Dice[]): Document {
  return play(begin(document), rolls).document;
}
