/**
 * What a name in an expression holds, as far as JSON Schemas tell: references and alternatives are
 * followed as `dsl/src/check/types.rs` does.
 *
 * Knows nothing of workflows.
 */

import { field, isArray, isObject, type Json, type JsonObject, objectAt } from './json';
import { valueAt } from './pointer';

/** How many references of a schema are followed before it counts as unknown. */
const REFERENCES_MAX = 16;

/** Several plain schemas, each with the root its references start from; none when anything is possible. */
export type Type = readonly { readonly root: Json; readonly schema: JsonObject }[];

export const ANY: Type = [];

/** What any of several schemas describes; one that is not known makes it anything. */
export function typeOf(...schemas: readonly (Json | undefined)[]): Type {
  const plain: { root: Json; schema: JsonObject }[] = [];
  for (const schema of schemas) if (schema === undefined || !settle(schema, schema, 0, plain)) return ANY;
  return plain;
}

/** A map of these fields, which are all there unless `required` names those that are. */
export function recordOf(fields: Readonly<Record<string, Json>>, required = Object.keys(fields)): Json {
  return { type: 'object', properties: fields, required };
}

function settle(
  root: Json,
  schema: Json,
  depth: number,
  plain: { root: Json; schema: JsonObject }[],
): boolean {
  if (depth > REFERENCES_MAX || !isObject(schema)) return false;
  // A schema put into another one keeps its own definitions.
  if (root !== schema && (Object.hasOwn(schema, '$defs') || Object.hasOwn(schema, 'definitions'))) {
    return settle(schema, schema, depth + 1, plain);
  }
  const target = field(schema, '$ref');
  if (typeof target === 'string') {
    const found = target.startsWith('#') ? valueAt(root, target.slice(1)) : undefined;
    return found !== undefined && settle(root, found, depth + 1, plain);
  }
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const parts = field(schema, key);
    if (isArray(parts)) {
      return parts
        .filter((part) => field(part, 'type') !== 'null')
        .every((part) => settle(root, part, depth + 1, plain));
    }
  }
  if (Object.keys(schema).length === 0) return false;
  plain.push({ root, schema });
  return true;
}

/** A field of it; `ANY` when nothing is known of it. */
export function fieldType(type: Type, name: string): Type {
  const found = type.flatMap(({ root, schema }) => {
    const property = field(objectAt(schema, 'properties'), name);
    return property === undefined ? [] : [{ root, property }];
  });
  const plain: { root: Json; schema: JsonObject }[] = [];
  for (const { root, property } of found) if (!settle(root, property, 0, plain)) return ANY;
  return plain;
}

/** An element of it, when it is a list. */
export function elementType(type: Type): Type {
  const plain: { root: Json; schema: JsonObject }[] = [];
  for (const { root, schema } of type) {
    const items = field(schema, 'items');
    if (items === undefined || !settle(root, items, 0, plain)) return ANY;
  }
  return plain;
}

/** Its fields, each with the schema as it is written there, which holds titles and help. */
export function fieldsOf(type: Type): readonly Field[] {
  const found = new Map<string, { schema: Json; sure: number }>();
  for (const { schema } of type) {
    const required = field(schema, 'required');
    for (const [name, property] of Object.entries(objectAt(schema, 'properties'))) {
      const isThere = isArray(required) && required.includes(name) && !allowsNothing(property);
      const known = found.get(name);
      found.set(name, { schema: known?.schema ?? property, sure: (known?.sure ?? 0) + (isThere ? 1 : 0) });
    }
  }
  return [...found].map(([name, { schema, sure }]) => ({ name, schema, optional: sure < type.length }));
}

export interface Field {
  readonly name: string;
  readonly schema: Json;
  /** Whether it may be missing or null, in one shape at least. */
  readonly optional: boolean;
}

function allowsNothing(schema: Json): boolean {
  const type = field(schema, 'type');
  if (isArray(type) && type.includes('null')) return true;
  return ['anyOf', 'oneOf'].some((key) => {
    const parts = field(schema, key);
    return isArray(parts) && parts.some((part) => field(part, 'type') === 'null');
  });
}

export type ValueKind = 'text' | 'number' | 'boolean' | 'moment' | 'list' | 'map' | 'any';

/** The one kind of value it has; `any` when there are several or none is known. */
export function valueKind(type: Type): ValueKind {
  const kinds = new Set(type.map(({ schema }) => kindOfSchema(schema)));
  const [only] = kinds;
  return kinds.size === 1 && only ? only : 'any';
}

function kindOfSchema(schema: JsonObject): ValueKind {
  const written = field(schema, 'type');
  const types = isArray(written) ? written.filter((one) => one !== 'null') : [written];
  if (types.length !== 1) return 'any';
  switch (types[0]) {
    case 'string':
      return field(schema, 'format') === 'date-time' ? 'moment' : 'text';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'array':
      return 'list';
    case 'object':
      return 'map';
    default:
      return 'any';
  }
}
