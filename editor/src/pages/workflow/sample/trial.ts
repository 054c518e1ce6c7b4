/**
 * What an expression sees when it is tried: every root it may name, filled from the sample and, where that has
 * nothing, from the schemas.
 *
 * Pure; nothing must have run for it.
 */
import {
  type Document,
  field,
  isObject,
  type Json,
  type JsonObject,
  kindOf,
  objectAt,
  placeOf,
  placesOf,
  type ScopeGroup,
  split,
  textAt,
  valueAt,
} from '@/model';
import { exampleOf } from './example';

/** What is known of the world. */
export interface Known {
  readonly event: Json;
  /** What steps left, by step. */
  readonly steps: JsonObject;
  readonly contact: Json | undefined;
  /** What was answered at installation. */
  readonly inputs: JsonObject;
}

export type Trial = JsonObject;

/** The roots of a scope with values. */
export function trialOf(document: Document, scope: readonly ScopeGroup[], known: Known): Trial {
  const trial: Record<string, Json> = { event: known.event };
  const steps: Record<string, Json> = {};
  for (const { kind, step, variable } of scope) {
    switch (kind) {
      case 'step': {
        const key = step ?? '';
        steps[key] = field(known.steps, key) ?? example(variable.schema, variable.sample, key);
        break;
      }
      case 'contact':
        trial.contact = known.contact ?? example(variable.schema, variable.sample, 'contact');
        break;
      case 'inputs':
        trial.inputs = answers(document, known.inputs);
        break;
      case 'incoming':
      case 'way':
      case 'error':
        trial[kind] = example(variable.schema, variable.sample, kind);
        break;
      case 'item':
      case 'index':
        break;
      case 'event':
      case 'vars':
      case 'org':
      case 'now':
        break;
    }
  }
  trial.steps = steps;
  Object.assign(trial, setBefore(document, scope, trial, known));
  for (const { kind, step, variable } of scope) {
    if (kind === 'item')
      trial[variable.name] =
        elementOf(document, step, trial) ?? example(variable.schema, variable.sample, variable.name);
    if (kind === 'index') trial.index = 0;
  }
  return trial;
}

function example(schema: Json, sample: Json | undefined, name: string): Json {
  const made = exampleOf(schema, name);
  // What the catalogue shows goes over what the schema alone would give.
  return isObject(made) && isObject(sample) ? { ...made, ...sample } : (sample ?? made);
}

/** The answers, else what holds without one, else an example of the kind that is asked for. */
function answers(document: Document, given: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(objectAt(document, 'inputs')).map(([name, input]) => [
      name,
      field(given, name) ?? field(input, 'default') ?? ANSWERS[textAt(input, 'type') ?? ''] ?? name,
    ]),
  );
}

const ANSWERS: Readonly<Record<string, Json>> = {
  number: 1,
  boolean: true,
  duration: '1h',
  money: { amount: 100_000, currency: 'ARS' },
  time: '09:00',
  phone: '+5491155551234',
  email: 'ana@example.com',
};

/**
 * The variables that earlier steps set: as the sample's run left them, else as far as they can be told without running
 * anything. What such a step left is the same.
 */
function setBefore(
  document: Document,
  scope: readonly ScopeGroup[],
  trial: JsonObject,
  known: Known,
): JsonObject {
  const names = scope.find((group) => group.kind === 'vars')?.variable.children.map(({ name }) => name) ?? [];
  const steps: Record<string, Json> = { ...objectAt(trial, 'steps') };
  const vars: Record<string, Json> = {};
  for (const { key, step } of placesOf(document).values()) {
    const left = Object.entries(objectAt(step, 'set')).filter(([name]) => names.includes(name));
    for (const [name, value] of left) {
      const before = field(field(known.steps, key), name);
      vars[name] = before ?? plainly(value, { ...trial, steps, vars }) ?? name;
    }
    if (left.length > 0 && Object.hasOwn(steps, key)) {
      steps[key] = Object.fromEntries(left.map(([name]) => [name, vars[name] ?? null]));
    }
  }
  return { vars, steps };
}

/** A value without expressions, or the one that a template names and nothing else. */
function plainly(value: Json, trial: JsonObject): Json | undefined {
  if (typeof value !== 'string' || !value.includes('${')) return value;
  const path = /^\$\{\s*([\w.]+)\s*\}$/.exec(value)?.[1];
  return path === undefined ? undefined : lookUp(trial, path);
}

function elementOf(document: Document, step: string | undefined, trial: JsonObject): Json | undefined {
  const block = step === undefined ? undefined : placeOf(document, step)?.step;
  if (!block || kindOf(block) !== 'each') return undefined;
  const list = lookUp(trial, textAt(block, 'each')?.trim() ?? '');
  return Array.isArray(list) ? (list[0] as Json | undefined) : undefined;
}

/** The value a plain path such as `event.total` or `event["a b"]` leads to. */
export function lookUp(trial: Json, path: string): Json | undefined {
  const pointer = path
    .replaceAll(/\[\s*"([^"\\]*)"\s*\]/g, (_, name: string) => `.${name.replaceAll('.', '~.')}`)
    .replaceAll(/\?\./g, '.')
    .split(/(?<!~)\./)
    .map((name) => name.replaceAll('~.', '.').replaceAll('~', '~0').replaceAll('/', '~1'));
  return split(`/${pointer.join('/')}`) === undefined ? undefined : valueAt(trial, `/${pointer.join('/')}`);
}
