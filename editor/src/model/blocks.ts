/**
 * The kinds of blocks and where lists of steps lie inside a step: the one place that knows how
 * blocks nest, as `dsl/src/document/branches.rs` is for the engine.
 *
 * Knows the blocks of the document format and never a node kind: an action's name is just data.
 */

import { EMPTY, field, isArray, isObject, type Json, type JsonObject, objectAt, textAt } from './json';
import { type Phrase, phrase } from './phrase';
import { join } from './pointer';

/** In the order in which the engine looks for the key that names a step's block. */
export const BLOCK_KINDS = [
  'action',
  'wait',
  'wait_for',
  'if',
  'switch',
  'split',
  'each',
  'parallel',
  'repeat',
  'script',
  'set',
  'call',
  'ask',
  'goto',
  'stop',
] as const;

export type BlockKind = (typeof BLOCK_KINDS)[number];

/** What a step may carry whatever its block. */
export const COMMON_FIELDS = ['retry', 'timeout', 'on_error', 'enabled', 'note'] as const;

/** A step as the document holds it. Whatever the text says is a step, even one that makes no sense. */
export type Step = JsonObject;

export type WayKind =
  | 'then'
  | 'else'
  | 'case'
  | 'path'
  | 'lane'
  | 'body'
  | 'answer'
  | 'fallback'
  | 'timeout'
  | 'error';

/** One list of steps inside a step. */
export interface Way {
  readonly kind: WayKind;
  /** From the step, such as `/paths/a`. */
  readonly path: string;
  /** The author's own name of it: a path, a lane, an answer. */
  readonly name?: string;
  readonly steps: readonly Step[];
  /** `false` when the document does not write the list, which then counts as empty. */
  readonly written: boolean;
  /** Drawn beside the block's ordinary course: taken on refusal, failure or when time runs out. */
  readonly side: boolean;
  readonly label: Phrase;
}

/** The block a step names; `undefined` when it names none. */
export function kindOf(step: Step): BlockKind | undefined {
  const called = Object.hasOwn(step, 'call');
  // `call` has a field of its own with the name of another block.
  return BLOCK_KINDS.find((kind) => Object.hasOwn(step, kind) && !(called && kind === 'wait'));
}

/** A list of the document as steps; what is no object there counts as a step without a block. */
export function asSteps(value: Json | undefined): readonly Step[] {
  if (!isArray(value)) return NONE;
  return value.every((item) => isObject(item))
    ? (value as readonly Step[])
    : value.map((item) => (isObject(item) ? item : EMPTY));
}

const NONE: readonly Step[] = [];
const NO_WAYS: readonly Way[] = [];
const cache = new WeakMap<Step, readonly Way[]>();

/** The lists of steps inside a step that people see, in their order, side lists last. */
export function waysOf(step: Step): readonly Way[] {
  let ways = cache.get(step);
  if (!ways) {
    const [own, error] = [blockWays(step), errorWays(step)];
    ways = error.length === 0 ? own : [...own, ...error];
    cache.set(step, ways);
  }
  return ways;
}

function blockWays(step: Step): readonly Way[] {
  switch (kindOf(step)) {
    case 'action':
      return Object.hasOwn(step, 'fallback') ? [list(step, 'fallback', 'fallback', true)] : NO_WAYS;
    case 'wait_for':
      return timeoutWays(step, textAt(field(step, 'wait_for'), 'timeout'));
    case 'if':
      return [list(step, 'then', 'then'), list(step, 'else', 'else')];
    case 'switch':
      return [...caseWays(step), { ...list(step, 'else', 'else'), label: phrase('way.otherwise') }];
    case 'split':
      return splitWays(step);
    case 'each':
    case 'repeat':
      return [list(step, 'steps', 'body')];
    case 'parallel':
      return named(objectAt(step, 'parallel'), EMPTY, '/parallel', 'lane', (name) =>
        phrase('way.lane', { name }),
      );
    case 'ask':
      return askWays(step);
    default:
      return NO_WAYS;
  }
}

function list(step: Step, name: string, kind: WayKind, side = false): Way {
  return way(kind, `/${name}`, field(step, name), phrase(`way.${kind === 'case' ? 'else' : kind}`), side);
}

function way(
  kind: WayKind,
  path: string,
  value: Json | undefined,
  label: Phrase,
  side: boolean,
  name?: string,
): Way {
  const found = { kind, path, steps: asSteps(value), written: isArray(value), side, label };
  return name === undefined ? found : { ...found, name };
}

function errorWays(step: Step): readonly Way[] {
  return isArray(field(step, 'on_error')) ? [list(step, 'on_error', 'error', true)] : NO_WAYS;
}

function timeoutWays(step: Step, timeout: string | undefined): readonly Way[] {
  if (timeout === undefined && !Object.hasOwn(step, 'on_timeout')) return NO_WAYS;
  const label = timeout === undefined ? phrase('way.timeout') : phrase('way.timeout_after', { timeout });
  return [{ ...list(step, 'on_timeout', 'timeout', true), label }];
}

function caseWays(step: Step): readonly Way[] {
  const cases = field(step, 'switch');
  if (!isArray(cases)) return [];
  return cases.map((one, index) => {
    const when = textAt(one, 'when') ?? '';
    const label =
      when === '' ? phrase('way.case_empty', { number: index + 1 }) : phrase('way.case', { when });
    return way('case', `/switch/${index}/steps`, field(one, 'steps'), label, false);
  });
}

function splitWays(step: Step): readonly Way[] {
  const weights = objectAt(step, 'split');
  const weight = (name: string) => {
    const value = field(weights, name);
    return typeof value === 'number' && value > 0 ? value : 0;
  };
  const total = Object.keys(weights).reduce((sum, name) => sum + weight(name), 0);
  const label = (name: string) =>
    phrase('way.path', {
      name,
      weight: weight(name),
      share: total === 0 ? 0 : Math.round((weight(name) / total) * 1000) / 10,
    });
  return named(objectAt(step, 'paths'), weights, '/paths', 'path', label);
}

function askWays(step: Step): readonly Way[] {
  const ask = field(step, 'ask');
  const answers = objectAt(ask, 'answers');
  const label = (name: string) => phrase('way.answer', { name: textAt(answers, name) ?? name });
  return [
    ...named(objectAt(step, 'on'), answers, '/on', 'answer', label),
    ...timeoutWays(step, textAt(ask, 'timeout')),
  ];
}

/** The ways of a map, in the order of the map that declares them, the undeclared last. */
function named(
  lists: JsonObject,
  declared: JsonObject,
  path: string,
  kind: WayKind,
  label: (name: string) => Phrase,
): readonly Way[] {
  const names = new Set([...Object.keys(declared), ...Object.keys(lists)]);
  return [...names].map((name) => way(kind, join(path, name), field(lists, name), label(name), false, name));
}
