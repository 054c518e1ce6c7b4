/**
 * What stands on each card: numbers of a period, or how the steps of a run stand.
 *
 * Pure but for the words, which are given; knows ways and statuses, never a node.
 */
import type { StepNumbers, StepView } from '@/api/schema.gen';
import { type Document, placesOf, type Step, waysOf } from '@/model';
import { stepTone } from '@/widgets/run/story';
import type { Chip, Marks } from './store';

export interface NumberWords {
  readonly number: (value: number) => string;
  readonly share: (part: number) => string;
  readonly entered: (count: number) => string;
  readonly waiting: (count: number) => string;
  readonly failed: (count: number) => string;
  readonly way: (step: Step, name: string) => string;
}

export function numberMarks(
  document: Document,
  steps: Readonly<Record<string, StepNumbers>>,
  words: NumberWords,
): Marks {
  const marks = new Map<string, readonly Chip[]>();
  for (const [key, { step }] of placesOf(document)) {
    const found = Object.hasOwn(steps, key) ? steps[key] : undefined;
    marks.set(key, chips(step, found ?? NOTHING, words));
  }
  return marks;
}

const NOTHING: StepNumbers = { entered: 0, waiting: 0, failed: 0, ways: {} };

function chips(step: Step, numbers: StepNumbers, words: NumberWords): readonly Chip[] {
  const { entered, waiting, failed, ways } = numbers;
  const found: Chip[] = [
    { tone: 'calm', icon: 'people', words: words.number(entered), whole: words.entered(entered) },
  ];
  if (waiting > 0) {
    found.push({ tone: 'wait', icon: 'clock', words: words.number(waiting), whole: words.waiting(waiting) });
  }
  if (failed > 0) {
    found.push({ tone: 'bad', icon: 'alert', words: words.number(failed), whole: words.failed(failed) });
  }
  const taken = inOrder(step, ways);
  const total = taken.reduce((sum, [, count]) => sum + count, 0);
  if (total > 0) {
    const named = taken.map(([name, count]) => ({ name: words.way(step, name), count }));
    // The ways stand in the order they are drawn in, so a long name can be left out.
    const short = named.map(({ name, count }) =>
      [name.length <= NAME_MAX ? name : '', words.share(count / total)].filter(Boolean).join(' '),
    );
    found.push({
      tone: 'info',
      icon: 'ways',
      words: short.join(' · '),
      whole: named.map(({ name, count }) => `${name} ${words.number(count)}`).join(' · '),
    });
  }
  return found;
}

/** A way's name has room on a card up to so many letters. */
const NAME_MAX = 12;

/** The counts of ways as the document orders them, what it does not name first. */
function inOrder(step: Step, ways: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  const order = waysOf(step);
  const place = (name: string): number => {
    const way = wayNamed(step, name);
    return way ? order.indexOf(way) : -1;
  };
  return Object.entries(ways).toSorted(([one], [other]) => place(one) - place(other));
}

/** The way a name in the numbers means, as the document has it. */
export function wayNamed(step: Step, name: string): ReturnType<typeof waysOf>[number] | undefined {
  const ways = waysOf(step);
  const number = /^case (\d+)$/.exec(name)?.[1];
  if (number !== undefined) return ways.filter((way) => way.kind === 'case')[Number(number) - 1];
  return (
    ways.find((way) => way.name === name) ??
    ways.find((way) => way.path === name || way.path.slice(1) === name) ??
    ways.find((way) => way.kind === name)
  );
}

type Passed = Pick<StepView, 'step' | 'status' | 'attempt'>;

/** How each step stands after so much of a run's history; the last time counts. */
export function runMarks<S extends Passed>(
  steps: readonly S[],
  words: (step: S, times: number) => string,
): Marks {
  const times = new Map<string, number>();
  const marks = new Map<string, readonly Chip[]>();
  for (const step of steps) {
    const count = (times.get(step.step) ?? 0) + (step.attempt > 1 ? 0 : 1);
    times.set(step.step, count);
    const isNow = step.status === 'running' || step.status === 'waiting';
    marks.set(step.step, [{ tone: stepTone(step), words: words(step, count), pulse: isNow }]);
  }
  return marks;
}
