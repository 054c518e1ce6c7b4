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
    reason_code: null,
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
        { status: 'waiting', input: { until }, reason: 'fuera del horario', reason_code: 'outside_window' },
        [
          { key: 'why.until', until },
          { key: 'why.told', words: 'fuera del horario' },
        ],
      ],
      [
        { status: 'waiting', input: { events: ['message.received'], until } },
        [{ key: 'why.event', events: ['message.received'], until }],
      ],
      [{ status: 'waiting', input: { events: ['a', 'b'] } }, [{ key: 'why.event_only', events: ['a', 'b'] }]],
      [{ status: 'waiting', input: { question: '¿Sí?' } }, [{ key: 'why.asked', question: '¿Sí?' }]],
      [
        { reason: 'llegó order.created', reason_code: 'arrived', output: { type: 'order.created' } },
        [{ key: 'why.arrived', event: 'order.created' }],
      ],
      [
        { reason: 'llegó order.created', reason_code: 'arrived' },
        [{ key: 'why.told', words: 'llegó order.created' }],
      ],
      [
        {
          status: 'refused',
          output: { error: 'no_consent' },
          reason: 'no aceptó',
          reason_code: 'no_consent',
        },
        [{ key: 'why.told', words: 'no aceptó' }],
      ],
      [{ status: 'unknown', reason: 'se cortó', reason_code: 'lost' }, [{ key: 'why.unknown' }]],
      [
        { status: 'unknown', reason: 'sin respuesta en 10s', reason_code: 'unknown' },
        [{ key: 'why.unknown' }, { key: 'why.told', words: 'sin respuesta en 10s' }],
      ],
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
