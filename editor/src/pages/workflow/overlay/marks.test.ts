/** Holds what the cards are marked with. */
// biome-ignore-all lint/suspicious/noThenProperty: a way of a block
import { describe, expect, it } from 'vitest';
import type { Document } from '@/model';
import { numberMarks, runMarks, wayNamed } from './marks';

const DOCUMENT: Document = {
  steps: [
    { id: 'big', if: 'true', then: [], else: [] },
    {
      id: 'which',
      switch: [
        { when: 'a', steps: [] },
        { when: 'b', steps: [] },
      ],
      else: [],
    },
    { id: 'test', split: { a: 50, b: 50 }, paths: { a: [], b: [] } },
    { id: 'wait', wait_for: { event: 'x', timeout: '1d' }, on_timeout: [] },
  ],
};

describe('numbers on the cards', () => {
  const words = {
    number: String,
    share: (part: number) => `${Math.round(part * 100)} %`,
    entered: (count: number) => `entered ${count}`,
    waiting: (count: number) => `waiting ${count}`,
    failed: (count: number) => `failed ${count}`,
    way: (_: unknown, name: string) => name,
  };

  it('tell who came, waits, failed and went where', () => {
    const steps = { big: { entered: 10, waiting: 0, failed: 1, ways: { else: 3, then: 6 } } };
    const marks = numberMarks(DOCUMENT, steps, words);
    expect(marks.get('big')?.map(({ words }) => words)).toEqual(['10', '1', 'then 67 % · else 33 %']);
    expect(marks.get('big')?.at(-1)?.whole).toBe('then 6 · else 3');
    expect(marks.get('wait')?.map(({ words }) => words)).toEqual(['0']);
  });

  it('know the ways by the names the server counts them under', () => {
    const [big, which, test, wait] = DOCUMENT.steps as Record<string, never>[];
    expect(wayNamed(big ?? {}, 'else')?.kind).toBe('else');
    expect(wayNamed(which ?? {}, 'case 2')?.path).toBe('/switch/1/steps');
    expect(wayNamed(which ?? {}, 'else')?.label.key).toBe('way.otherwise');
    expect(wayNamed(test ?? {}, 'b')?.name).toBe('b');
    expect(wayNamed(wait ?? {}, 'on_timeout')?.kind).toBe('timeout');
    expect(wayNamed(wait ?? {}, 'next')).toBeUndefined();
  });
});

describe('a run on the cards', () => {
  it('shows how each step stands last, and how often it was taken', () => {
    const at = '2026-11-21T12:00:00Z';
    const marks = runMarks(
      [
        { step: 'a', status: 'completed', attempt: 1, started_at: at },
        { step: 'b', status: 'retried', attempt: 1, started_at: at },
        { step: 'b', status: 'completed', attempt: 2, started_at: at },
        { step: 'a', status: 'waiting', attempt: 1, started_at: at },
      ],
      (step, times) => `${step.status} ${times}`,
    );
    expect(marks.get('a')).toEqual([{ tone: 'wait', words: 'waiting 2', pulse: true }]);
    expect(marks.get('b')).toEqual([{ tone: 'good', words: 'completed 1', pulse: false }]);
  });
});
