// biome-ignore-all lint/suspicious/noTemplateCurlyInString: how documents write expressions.
import { describe, expect, it } from 'vitest';
import { blankStep } from './blank';
import { BLOCK_KINDS, type Step, waysOf } from './blocks';
import { documentOf, SAMPLE } from './samples.testing';
import { kindPhrase, summaryOf, triggerSummary } from './summary';

describe('summary', () => {
  it.each<[Step, string, Record<string, string | number>]>([
    [{ action: 'a.b' }, 'action', { action: 'a.b' }],
    [{ wait: { for: '1h' } }, 'wait_for_span', { span: '1h' }],
    [{ wait: { until: 'event.at' } }, 'wait_until', { moment: 'event.at' }],
    [{ wait: { window: { from: '09:00', to: '21:00' } } }, 'wait_window', { from: '09:00', to: '21:00' }],
    [
      { wait: { for: '1h', window: { from: '09:00', to: '21:00' } } },
      'wait_span_window',
      { span: '1h', from: '09:00', to: '21:00' },
    ],
    [{ wait: {} }, 'empty', {}],
    [{ wait_for: { event: 'a.b' } }, 'wait_for_event', { event: 'a.b' }],
    [
      { wait_for: { event: 'a.b', timeout: '1h' } },
      'wait_for_event_timeout',
      { event: 'a.b', timeout: '1h' },
    ],
    [{ wait_for: { any: [{ event: 'a.b' }, { event: 'c.d' }] } }, 'wait_for_any', { events: 'a.b, c.d' }],
    [{ if: 'x' }, 'if', { condition: 'x' }],
    [{ if: '' }, 'empty', {}],
    [{ switch: [{ when: 'x' }] }, 'switch', { count: 1 }],
    [{ split: { a: 1, b: 1 } }, 'split', { count: 2 }],
    [{ parallel: { a: [] }, join: 'any' }, 'parallel_any', { count: 1 }],
    [{ repeat: { limit: 3 } }, 'repeat_limit', { limit: 3 }],
    [{ script: '\nlet a = 1;\na' }, 'script', { code: 'let a = 1;' }],
    [{ set: { a: 1, b: 2 } }, 'set', { names: 'a, b' }],
    [{ call: 'x', wait: false }, 'call_no_wait', { workflow: 'x' }],
    [{ goto: 'a', limit: 2 }, 'goto_limit', { step: 'a', limit: 2 }],
    [{ stop: 'done' }, 'stop', { outcome: 'done' }],
    [{ nothing: 1 }, 'empty', {}],
  ])('of %j', (step, key, values) => {
    expect(summaryOf(step)).toEqual({ key: `summary.${key}`, values });
  });

  it('says something about every blank step', () => {
    for (const kind of BLOCK_KINDS) {
      const step = blankStep(documentOf(), kind);
      expect(kindPhrase(step).key).toBe(`kind.${kind}`);
      expect(summaryOf(step).key).toMatch(/^summary\./);
    }
  });

  it.each([
    [{ event: ['a.b', 'c.d'] }, 'trigger_event'],
    [{ webhook: '${inputs.x}' }, 'trigger_webhook'],
    [{ schedule: { cron: '0 9 * * *' } }, 'trigger_schedule'],
    [{ sensor: { metric: 't', above: 8 } }, 'trigger_sensor_above'],
    [{ sensor: { metric: 't', below: '${inputs.limit}', for: '10m' } }, 'trigger_sensor_below_for'],
    [{ sensor: { metric: 't', outside: { low: 2, high: 8 }, for: '5m' } }, 'trigger_sensor_outside_for'],
    [{ sensor: { metric: 't', between: { low: 2, high: 8 } } }, 'trigger_sensor_between'],
    [{ sensor: { metric: 't', silence: '15m', for: '1m' } }, 'trigger_sensor_silence'],
    [{ sensor: { metric: '', above: 8 } }, 'trigger_sensor'],
    [{ manual: true }, 'trigger_manual'],
    [{}, 'trigger_none'],
  ])('of the trigger %j', (trigger, key) => {
    expect(triggerSummary({ ...SAMPLE, trigger }).key).toBe(`summary.${key}`);
  });

  it('tells a rule over a sensor by its level and its time', () => {
    const trigger = { sensor: { metric: 't', outside: { low: 2, high: 8 }, for: '10m' } };
    expect(triggerSummary({ ...SAMPLE, trigger }).values).toEqual({
      metric: 't',
      low: 2,
      high: 8,
      span: '10m',
    });
  });

  it('labels ways with the author’s words and their share', () => {
    expect(waysOf({ split: { a: 1, b: 2 } }).map((way) => way.label.values)).toEqual([
      { name: 'a', weight: 1, share: 33.3 },
      { name: 'b', weight: 2, share: 66.7 },
    ]);
    expect(waysOf({ ask: { answers: { yes: 'Sí' }, timeout: '1h' } }).map((way) => way.label.values)).toEqual(
      [{ name: 'Sí' }, { timeout: '1h' }],
    );
  });
});
