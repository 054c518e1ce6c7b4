/**
 * One line about a step or a trigger: a translation key and the values from the document, so that
 * cards, outline, search and differences say the same.
 *
 * Knows no language and no node kind: an action's line carries its kind, for the catalogue's title.
 */

import { kindOf, type Step, waysOf } from './blocks';
import type { Document } from './document';
import { equal, field, isArray, isObject, type Json, objectAt, textAt } from './json';
import { type Phrase, phrase } from './phrase';

/** The word for a step's kind of block. */
export function kindPhrase(step: Step): Phrase {
  return phrase(`kind.${kindOf(step) ?? 'unknown'}`);
}

/** One line about what a step does. */
export function summaryOf(step: Step): Phrase {
  switch (kindOf(step)) {
    case 'action':
      return phrase('summary.action', { action: textAt(step, 'action') ?? '' });
    case 'wait':
      return waiting(field(step, 'wait'));
    case 'wait_for':
      return listening(field(step, 'wait_for'));
    case 'if':
      return said('summary.if', 'condition', textAt(step, 'if'));
    case 'switch':
      return phrase('summary.switch', { count: waysOf(step).filter((way) => way.kind === 'case').length });
    case 'split':
      return phrase('summary.split', { count: waysOf(step).filter((way) => way.kind === 'path').length });
    case 'each':
      return said('summary.each', 'list', textAt(step, 'each'));
    case 'parallel': {
      const count = waysOf(step).filter((way) => way.kind === 'lane').length;
      return phrase(textAt(step, 'join') === 'any' ? 'summary.parallel_any' : 'summary.parallel_all', {
        count,
      });
    }
    case 'repeat':
      return repeating(field(step, 'repeat'));
    case 'script':
      return said('summary.script', 'code', firstLine(textAt(step, 'script')));
    case 'set':
      return said('summary.set', 'names', Object.keys(objectAt(step, 'set')).join(', '));
    case 'call':
      return said(
        field(step, 'wait') === false ? 'summary.call_no_wait' : 'summary.call',
        'workflow',
        textAt(step, 'call'),
      );
    case 'ask':
      return said('summary.ask', 'question', textAt(field(step, 'ask'), 'question'));
    case 'goto':
      return going(step);
    case 'stop':
      return said('summary.stop', 'outcome', textAt(step, 'stop'));
    case undefined:
      return phrase('summary.empty');
  }
}

/** A line with one value; without the value there is nothing to say yet. */
function said(key: Phrase['key'], name: string, value: string | undefined): Phrase {
  return value === undefined || value === '' ? phrase('summary.empty') : phrase(key, { [name]: value });
}

function firstLine(text: string | undefined): string | undefined {
  return text?.trimStart().split('\n')[0];
}

function waiting(wait: Json | undefined): Phrase {
  const span = textAt(wait, 'for');
  const window = field(wait, 'window');
  const from = textAt(window, 'from') ?? '';
  const to = textAt(window, 'to') ?? '';
  if (span !== undefined && isObject(window)) return phrase('summary.wait_span_window', { span, from, to });
  if (span !== undefined) return phrase('summary.wait_for_span', { span });
  if (isObject(window)) return phrase('summary.wait_window', { from, to });
  return said('summary.wait_until', 'moment', textAt(wait, 'until'));
}

function listening(wait: Json | undefined): Phrase {
  const timeout = textAt(wait, 'timeout');
  const any = field(wait, 'any');
  const event = textAt(wait, 'event');
  if (event !== undefined) {
    return timeout === undefined
      ? phrase('summary.wait_for_event', { event })
      : phrase('summary.wait_for_event_timeout', { event, timeout });
  }
  if (!isArray(any) || any.length === 0) return phrase('summary.empty');
  const events = any.map((one) => textAt(one, 'event') ?? '').join(', ');
  return timeout === undefined
    ? phrase('summary.wait_for_any', { events })
    : phrase('summary.wait_for_any_timeout', { events, timeout });
}

function repeating(repeat: Json | undefined): Phrase {
  const limit = field(repeat, 'limit');
  const rounds = typeof limit === 'number' ? limit : 0;
  const until = textAt(repeat, 'until');
  return until === undefined
    ? phrase('summary.repeat_limit', { limit: rounds })
    : phrase('summary.repeat_until', { until, limit: rounds });
}

function going(step: Step): Phrase {
  const target = textAt(step, 'goto');
  const limit = field(step, 'limit');
  if (target === undefined || target === '') return phrase('summary.empty');
  return typeof limit === 'number'
    ? phrase('summary.goto_limit', { step: target, limit })
    : phrase('summary.goto', { step: target });
}

/** The event types that start a run. */
export function triggerEvents(document: Document): readonly string[] {
  const event = field(field(document, 'trigger'), 'event');
  if (typeof event === 'string') return [event];
  return isArray(event) ? event.filter((one) => typeof one === 'string') : [];
}

/** Each bound without a time and with one. */
const SENSING = {
  above: ['summary.trigger_sensor_above', 'summary.trigger_sensor_above_for'],
  below: ['summary.trigger_sensor_below', 'summary.trigger_sensor_below_for'],
  outside: ['summary.trigger_sensor_outside', 'summary.trigger_sensor_outside_for'],
  between: ['summary.trigger_sensor_between', 'summary.trigger_sensor_between_for'],
} as const;

/** What a rule says is wrong; a measure other than the value itself is told in the rule's form. */
function sensing(rule: Json): Phrase {
  const metric = textAt(rule, 'metric') ?? '';
  const span = textAt(rule, 'for') ?? '';
  const silence = textAt(rule, 'silence');
  if (metric === '') return phrase('summary.trigger_sensor');
  if (silence !== undefined) return phrase('summary.trigger_sensor_silence', { metric, span: silence });
  for (const side of ['above', 'below', 'outside', 'between'] as const) {
    const levels = levelsOf(field(rule, side));
    if (levels === undefined) continue;
    const [once, lasting] = SENSING[side];
    return span === '' ? phrase(once, { metric, ...levels }) : phrase(lasting, { metric, ...levels, span });
  }
  return phrase('summary.trigger_sensor');
}

/** A level is a number, or asked for when the workflow is installed. */
function levelsOf(bound: Json | undefined): Record<string, number | string> | undefined {
  const level = (value: Json | undefined) =>
    typeof value === 'number' || typeof value === 'string' ? value : undefined;
  if (isObject(bound))
    return { low: level(field(bound, 'low')) ?? '', high: level(field(bound, 'high')) ?? '' };
  const limit = level(bound);
  return limit === undefined ? undefined : { limit };
}

/** One line about what starts a run. */
export function triggerSummary(document: Document): Phrase {
  const trigger = field(document, 'trigger');
  const events = triggerEvents(document);
  if (events.length > 0) return phrase('summary.trigger_event', { events: events.join(', ') });
  const webhook = textAt(trigger, 'webhook');
  if (webhook !== undefined) return phrase('summary.trigger_webhook', { connection: webhook });
  const sensor = field(trigger, 'sensor');
  if (isObject(sensor)) return sensing(sensor);
  const cron = textAt(field(trigger, 'schedule'), 'cron');
  if (cron !== undefined) return phrase('summary.trigger_schedule', { cron });
  return equal(field(trigger, 'manual'), true)
    ? phrase('summary.trigger_manual')
    : phrase('summary.trigger_none');
}
