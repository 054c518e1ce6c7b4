/**
 * What a JSON Schema allows at a spot of a text: names with their help, and values.
 *
 * Pure; knows draft 7 as far as the published schema of documents uses it, never a step.
 */
import type { Texts } from '@/api/catalog';
import { field, isArray, isObject, type Json, type JsonObject, objectAt, textAt, valueAt } from '@/model';
import type { Level, Spot } from './spot';

export interface Offer {
  readonly text: string;
  readonly title: string | undefined;
  readonly help: Help | undefined;
  readonly required: boolean;
  /** What may follow a name: `map`, `list`, or something on the same line. */
  readonly holds: 'map' | 'list' | 'value';
}

export interface Help {
  readonly text: string;
  /** In whose language it is; the schema's own words are English. */
  readonly lang: string;
}

/** A reference leads on at most so often. */
const DEPTH_MAX = 12;

export function offersAt(root: Json, spot: Spot, lang: keyof Texts): readonly Offer[] {
  const shapes = shapesAt(root, spot.levels, spot.kind === 'name' ? spot.beside : new Map());
  if (spot.kind === 'value') return values(root, shapes, lang);
  const offered = new Map<string, Offer>();
  for (const shape of shapes) {
    const required = field(shape, 'required');
    for (const [name, schema] of Object.entries(objectAt(shape, 'properties'))) {
      if (spot.beside.has(name)) continue;
      const must = isArray(required) && required.includes(name);
      const known = offered.get(name);
      offered.set(name, {
        text: name,
        title: known?.title ?? titleOf(root, schema, lang),
        help: known?.help ?? helpOf(root, schema, lang),
        required: must || known?.required === true,
        holds: holdsOf(root, schema),
      });
    }
  }
  // Where no name is asked for, an item of a list may be a plain value.
  return offered.size > 0 ? [...offered.values()] : values(root, shapes, lang);
}

/** What the schema says of a name that is written in the text. */
export function helpAt(
  root: Json,
  levels: readonly Level[],
  name: string,
  lang: keyof Texts,
): Help | undefined {
  const beside = levels.at(-1)?.beside ?? new Map<string, string>();
  const shapes = shapesAt(root, levels.slice(0, -1), beside);
  return shapes
    .map((shape) => field(objectAt(shape, 'properties'), name))
    .filter((schema) => schema !== undefined)
    .map((schema) => helpOf(root, schema, lang))
    .find((help) => help !== undefined);
}

/** The schemas that the value behind the levels may have, each without references and alternatives. */
function shapesAt(
  root: Json,
  levels: readonly Level[],
  beside: ReadonlyMap<string, string>,
): readonly JsonObject[] {
  let schemas: readonly Json[] = [root];
  for (const { name, beside: around } of levels) {
    const shapes = schemas.flatMap((schema) => expand(root, schema, around, 0));
    schemas = shapes.flatMap((shape) => {
      const next = name === undefined ? field(shape, 'items') : propertyOf(shape, name);
      return next === undefined ? [] : [next];
    });
  }
  return schemas.flatMap((schema) => expand(root, schema, beside, 0));
}

function propertyOf(shape: JsonObject, name: string): Json | undefined {
  return field(objectAt(shape, 'properties'), name) ?? field(shape, 'additionalProperties');
}

function expand(
  root: Json,
  schema: Json,
  beside: ReadonlyMap<string, string>,
  depth: number,
): readonly JsonObject[] {
  if (!isObject(schema) || depth > DEPTH_MAX) return [];
  const target = textAt(schema, '$ref');
  const inner = (one: Json) => expand(root, one, beside, depth + 1);
  if (target?.startsWith('#')) return inner(valueAt(root, target.slice(1)) ?? null);
  const found: JsonObject[] = [];
  if (['properties', 'type', 'enum', 'const', 'examples', 'items'].some((key) => field(schema, key))) {
    found.push(schema);
  }
  const all = field(schema, 'allOf');
  if (isArray(all)) {
    // A rule for a value that stands beside tells more than what holds for all: it goes first.
    found.unshift(...all.flatMap((part) => inner(ruled(part, beside))));
  }
  for (const key of ['anyOf', 'oneOf']) {
    const variants = field(schema, key);
    if (isArray(variants)) found.push(...fitting(variants, beside).flatMap(inner));
  }
  return found;
}

/** What an `if` asks for when what stands beside fulfils it. */
function ruled(part: Json, beside: ReadonlyMap<string, string>): Json {
  const condition = field(part, 'if');
  if (condition === undefined) return part;
  const holds = Object.entries(objectAt(condition, 'properties')).every(
    ([name, wanted]) => beside.get(name)?.replace(/^["']|["']$/g, '') === field(wanted, 'const'),
  );
  return holds ? (field(part, 'then') ?? null) : null;
}

/** The variants whose own names stand beside; all of them when none does. */
function fitting(variants: readonly Json[], beside: ReadonlyMap<string, string>): readonly Json[] {
  const sure = variants.filter((variant) => {
    const required = field(variant, 'required');
    return (
      isArray(required) &&
      required.length > 0 &&
      required.every((name) => typeof name === 'string' && beside.has(name))
    );
  });
  return sure.length > 0 ? sure : variants;
}

function values(root: Json, shapes: readonly JsonObject[], lang: keyof Texts): readonly Offer[] {
  const found = new Map<string, Offer>();
  const put = (value: Json | undefined, about: Json): void => {
    if (value === undefined || value === null || typeof value === 'object') return;
    const text = String(value);
    found.set(text, {
      text,
      title: titleOf(root, about, lang),
      help: found.get(text)?.help ?? helpOf(root, about, lang),
      required: false,
      holds: 'value',
    });
  };
  for (const shape of shapes) {
    put(field(shape, 'const'), shape);
    for (const key of ['enum', 'examples']) {
      const listed = field(shape, key);
      if (isArray(listed)) for (const value of listed) put(value, null);
    }
    const type = field(shape, 'type');
    if (type === 'boolean' || (isArray(type) && type.includes('boolean') && !type.includes('string'))) {
      put(true, null);
      put(false, null);
    }
  }
  return [...found.values()];
}

function holdsOf(root: Json, schema: Json): Offer['holds'] {
  const types = expand(root, schema, new Map(), 0).map((shape) => field(shape, 'type'));
  const plain = types.filter((type) => type !== 'null');
  if (plain.length > 0 && plain.every((type) => type === 'object')) return 'map';
  return plain.length > 0 && plain.every((type) => type === 'array') ? 'list' : 'value';
}

function titleOf(root: Json, schema: Json, lang: keyof Texts): string | undefined {
  return wordsOf(root, schema, 'x-titles', lang) ?? textAt(schema, 'title');
}

function helpOf(root: Json, schema: Json, lang: keyof Texts): Help | undefined {
  const own = wordsOf(root, schema, 'x-help', lang);
  if (own !== undefined) return { text: own, lang };
  const described =
    textAt(schema, 'description') ??
    expand(root, schema, new Map(), 0)
      .map((shape) => textAt(shape, 'description'))
      .find((text) => text !== undefined);
  return described === undefined ? undefined : { text: described, lang: 'en' };
}

function wordsOf(root: Json, schema: Json, key: string, lang: string): string | undefined {
  return (
    textAt(field(schema, key), lang) ??
    expand(root, schema, new Map(), 0)
      .map((shape) => textAt(field(shape, key), lang))
      .find((text) => text !== undefined)
  );
}
