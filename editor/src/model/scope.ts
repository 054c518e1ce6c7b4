/**
 * The variables an expression at one place of a document may use: the event, what earlier steps on
 * this path left, variables, inputs, contact, organisation, now, and what only some places see.
 *
 * Types come from the catalogue's schemas. Knows no node kind and evaluates nothing.
 */

import type { Catalog } from './catalog';
import { type Document, named, type Place, placeAt, placeOf, placesOf, type StepId } from './document';
import { earlierThan } from './flow';
import { field, type Json, objectAt, textAt } from './json';
import { ERROR, outputSchema } from './outputs';
import { valueAt } from './pointer';
import { triggerEvents } from './summary';
import {
  ANY,
  elementType,
  fieldsOf,
  fieldType,
  recordOf,
  type Type,
  typeOf,
  type ValueKind,
  valueKind,
} from './types';

export interface Variable {
  /** What is written into the expression, such as `event.contact`. */
  readonly expression: string;
  readonly name: string;
  readonly kind: ValueKind;
  /** As the schema has it, with `title`, `description`, `x-titles`, `x-help`; `true` when nothing is known. */
  readonly schema: Json;
  /** Whether it may be missing, so that an expression should ask for `()`. */
  readonly optional: boolean;
  /** A value from an example, where the catalogue has one. */
  readonly sample?: Json;
  readonly children: readonly Variable[];
}

/** One root of variables. */
export interface ScopeGroup {
  readonly kind:
    | 'event'
    | 'incoming'
    | 'step'
    | 'vars'
    | 'item'
    | 'index'
    | 'way'
    | 'error'
    | 'inputs'
    | 'contact'
    | 'org'
    | 'now';
  /** For `step`. */
  readonly step?: StepId;
  /** `false` when another path may lead here past it. */
  readonly sure: boolean;
  readonly variable: Variable;
}

/** How many levels of fields are listed. */
const DEPTH_MAX = 3;

/** The variables in scope at a field, by its JSON pointer in the document. */
export function scopeAt(source: Document, catalog: Catalog, path: string): readonly ScopeGroup[] {
  const document = named(source);
  const place = placeAt(document, path);
  const part = path.split('/')[1];
  const isListener = part === 'exit' || part === 'goal';
  const isCondition = path.endsWith('/where');
  const groups: ScopeGroup[] = [];
  const heard = isCondition ? listenedAt(document, path) : undefined;
  if (heard !== undefined) groups.push(eventRoot('incoming', catalog, [heard]));
  if (place) groups.push(...around(document, catalog, place));
  groups.push(eventRoot('event', catalog, triggerEvents(document)));
  if (place || (isListener && isCondition)) groups.push(...left(document, catalog, place, path));
  groups.push(root('inputs', inputsSchema(document)));
  if (part !== 'trigger') groups.push(root('contact', catalog.contact));
  groups.push(root('org', catalog.org), root('now', { type: 'string', format: 'date-time' }));
  return groups;
}

/** The variables of one group and all inside, one after the other: what a search looks through. */
export function flatScope(groups: readonly ScopeGroup[]): readonly Variable[] {
  const all = (variable: Variable): readonly Variable[] => [variable, ...variable.children.flatMap(all)];
  return groups.flatMap((group) => all(group.variable));
}

function root(kind: ScopeGroup['kind'], schema: Json, type = typeOf(schema), sample?: Json): ScopeGroup {
  return { kind, sure: true, variable: variable(kind, kind, schema, type, false, 0, sample) };
}

function eventRoot(kind: 'event' | 'incoming', catalog: Catalog, events: readonly string[]): ScopeGroup {
  return root(kind, true, eventType(catalog, events), sampleOf(catalog, events));
}

function variable(
  expression: string,
  name: string,
  schema: Json,
  type: Type,
  optional: boolean,
  depth: number,
  sample?: Json,
): Variable {
  const children =
    depth >= DEPTH_MAX
      ? []
      : fieldsOf(type).map((one) =>
          variable(
            inside(expression, one.name),
            one.name,
            one.schema,
            fieldType(type, one.name),
            one.optional,
            depth + 1,
            field(sample, one.name),
          ),
        );
  const made = { expression, name, kind: valueKind(type), schema, optional, children };
  return sample === undefined ? made : { ...made, sample };
}

function inside(expression: string, name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `${expression}.${name}` : `${expression}[${JSON.stringify(name)}]`;
}

/** What `event` holds when it is one of these; anything when one of them is not known. */
function eventType(catalog: Catalog, events: readonly string[]): Type {
  const known = (event: string) =>
    Object.hasOwn(catalog.events, event) ? catalog.events[event]?.data : undefined;
  return typeOf(...events.map(known));
}

function sampleOf(catalog: Catalog, events: readonly string[]): Json | undefined {
  const [event] = events;
  return event !== undefined && Object.hasOwn(catalog.events, event)
    ? catalog.events[event]?.sample
    : undefined;
}

/** The event whose listener's condition this is. */
function listenedAt(document: Document, path: string): string | undefined {
  const listener = valueAt(document, path.slice(0, -'/where'.length));
  return path.startsWith('/trigger') ? undefined : textAt(listener, 'event');
}

/** What the blocks around a step give: elements of lists, the lane, the failure. */
function around(document: Document, catalog: Catalog, place: Place): readonly ScopeGroup[] {
  const groups: ScopeGroup[] = [];
  let failing = false;
  let lane = false;
  for (let at: Place | undefined = place; at?.parent; at = placeOf(document, at.parent.key)) {
    const { key, way } = at.parent;
    const block = placeOf(document, key)?.step;
    failing ||= way.kind === 'error' || way.kind === 'fallback';
    lane ||= way.kind === 'lane';
    if (way.kind !== 'body' || !block || textAt(block, 'each') === undefined) continue;
    const name = textAt(block, 'as') ?? 'item';
    const type = elementType(pathType(document, catalog, textAt(block, 'each') ?? ''));
    groups.push({
      kind: 'item',
      step: key,
      sure: true,
      variable: variable(name, name, type[0]?.schema ?? true, type, false, 0),
    });
  }
  if (groups.length > 0) groups.push(root('index', { type: 'integer' }));
  if (lane) groups.push(root('way', { type: 'string' }));
  if (failing) groups.push(root('error', ERROR));
  return groups;
}

/** The type of a plain path such as `event.items`. */
function pathType(document: Document, catalog: Catalog, path: string): Type {
  const [first, ...rest] = path.trim().split('.');
  const names = [...rest];
  const start = (): Type => {
    switch (first) {
      case 'event':
        return eventType(catalog, triggerEvents(document));
      case 'contact':
        return typeOf(catalog.contact);
      case 'steps': {
        const step = placeOf(document, names.shift() ?? '')?.step;
        return step ? typeOf(outputSchema(step, catalog)) : ANY;
      }
      default:
        return ANY;
    }
  };
  const begin = start();
  return names.reduce(fieldType, begin);
}

/** What earlier steps left behind, and the variables they set. */
function left(
  document: Document,
  catalog: Catalog,
  place: Place | undefined,
  path: string,
): readonly ScopeGroup[] {
  // A `repeat` looks at its condition after a round: its own steps have run.
  const isFoot = place !== undefined && path === `${place.path}/repeat/until`;
  const all = [...placesOf(document).values()];
  const earlier = place
    ? earlierThan(document, place.key)
    : all.filter((one) => !one.off).map((one) => ({ key: one.key, sure: false }));
  const rounds =
    isFoot && place
      ? all
          .filter((one) => one.path.startsWith(`${place.path}/steps/`))
          .map((one) => ({ key: one.key, sure: false }))
      : [];
  const known = new Map([...rounds, ...earlier].map((one) => [one.key, one.sure]));
  const groups: ScopeGroup[] = [];
  const vars: Record<string, Json> = {};
  for (const { key, step } of all) {
    const sure = known.get(key);
    if (sure === undefined) continue;
    for (const name of Object.keys(objectAt(step, 'set'))) vars[name] = true;
    const schema = outputSchema(step, catalog);
    if (schema === undefined) continue;
    const event = textAt(field(step, 'wait_for'), 'event');
    const sample = event === undefined ? undefined : sampleOf(catalog, [event]);
    const shown = sample === undefined ? undefined : { event: sample };
    const name = inside('steps', key);
    groups.push({
      kind: 'step',
      step: key,
      sure,
      variable: variable(name, key, schema, typeOf(schema), !sure, 0, shown),
    });
  }
  if (Object.keys(vars).length > 0) groups.push(root('vars', recordOf(vars)));
  return groups;
}

/** The installation questions as a schema. */
function inputsSchema(document: Document): Json {
  const types: Readonly<Record<string, Json>> = {
    number: { type: 'number' },
    boolean: { type: 'boolean' },
    money: true,
    choice: true,
  };
  const fields: Record<string, Json> = {};
  for (const [name, input] of Object.entries(objectAt(document, 'inputs'))) {
    const kind = textAt(input, 'type') ?? '';
    const base = types[kind] ?? { type: 'string' };
    const title = field(input, 'title');
    fields[name] = title === undefined || base === true ? base : { ...(base as object), 'x-titles': title };
  }
  return recordOf(fields);
}
