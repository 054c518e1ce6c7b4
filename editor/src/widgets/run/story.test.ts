/** Holds how a step of a run is told. */
import { describe, expect, it } from 'vitest';
import type { StepView } from '@/api/schema.gen';
import { answersOf, durationOf, stepTone, whyOf } from './story';

function step(part: Partial<StepView>): StepView {
  return {
    step: 'a',
    kind: 'wait',
    status: 'completed',
    started_at: '2026-11-21T14:00:00Z',
    ended_at: null,
    input: null,
    output: null,
    reason: null,
    attempt: 1,
    ...part,
  };
}

describe('a step is told', () => {
  it('with every reason there is, the most telling first', () => {
    const until = '2026-11-21T15:00:00Z';
    const table: Array<[Partial<StepView>, unknown[]]> = [
      [{}, []],
      [{ status: 'waiting', input: { until } }, [{ key: 'why.until', until }]],
      [
        { status: 'waiting', input: { until }, reason: 'outside the allowed window' },
        [{ key: 'why.until', until }, { key: 'why.window' }],
      ],
      [
        { status: 'waiting', input: { events: ['message.received'], until } },
        [{ key: 'why.event', events: ['message.received'], until }],
      ],
      [{ status: 'waiting', input: { events: ['a', 'b'] } }, [{ key: 'why.event_only', events: ['a', 'b'] }]],
      [{ status: 'waiting', input: { question: '¿Sí?' } }, [{ key: 'why.asked', question: '¿Sí?' }]],
      [{ status: 'skipped', reason: 'disabled' }, [{ key: 'why.disabled' }]],
      [{ reason: 'order.created arrived' }, [{ key: 'why.arrived', event: 'order.created' }]],
      [
        { status: 'retried', reason: 'busy; later; tried again in 5m' },
        [{ key: 'why.again', detail: 'busy; later', span: '5m' }],
      ],
      [
        { status: 'refused', output: { error: 'no_consent' }, reason: 'the person has not agreed' },
        [{ key: 'refusal.no_consent' }],
      ],
      [
        { status: 'failed', output: { error: { code: 'rejected' } }, reason: 'the server said no' },
        [{ key: 'why.raw', reason: 'the server said no' }],
      ],
      [{ status: 'unknown' }, [{ key: 'why.unknown' }]],
    ];
    for (const [part, told] of table) expect(whyOf(step(part)), JSON.stringify(part)).toEqual(told);
  });

  it('with the answers it waits for, and only while it waits', () => {
    const input = { question: '?', answers: { yes: 'Sí', no: 'No' } };
    expect(answersOf(step({ status: 'waiting', input }))).toEqual([
      ['yes', 'Sí'],
      ['no', 'No'],
    ]);
    expect(answersOf(step({ status: 'completed', input }))).toEqual([]);
    expect(answersOf(step({ status: 'waiting' }))).toEqual([]);
  });

  it('with how long it took, also when clocks disagree', () => {
    expect(durationOf(step({ ended_at: '2026-11-21T14:00:01Z' }))).toBe(1000);
    expect(durationOf(step({ ended_at: '2026-11-21T13:59:59Z' }))).toBe(0);
    expect(durationOf(step({}))).toBeUndefined();
    expect(stepTone(step({ status: 'something_new' }))).toBe('bad');
  });
});
