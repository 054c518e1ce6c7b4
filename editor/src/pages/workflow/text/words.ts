/**
 * The published schema of documents with its help in the reader's language: by type and field, and by value for
 * words with a fixed meaning. The schema's own words are English; those of actions are the catalogue's.
 *
 * Pure; knows draft 7 as far as the schema of documents uses it, never a field by name.
 */
import { field, isArray, isObject, type Json, type JsonObject, objectAt, textAt } from '@/model';

/** Help by type, then by field or value. */
export type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The name under which texts of the document itself stand. */
const ROOT = 'Workflow';

/** Gives another schema for a field, or for a value, of the first of these types that says something of it. */
type Visit = (types: readonly string[], name: string, about: JsonObject) => JsonObject;

/** `known` tells what the catalogue says of a value, such as an action's kind. */
export function worded(
  schema: Json,
  words: Words,
  lang: string,
  known: (value: string) => string | undefined,
): Json {
  const told = (about: JsonObject, text: string | undefined): JsonObject =>
    text === undefined ? about : { ...about, 'x-help': { [lang]: text } };
  const kinds = (about: JsonObject): JsonObject => {
    const variants = field(about, 'oneOf');
    if (!isArray(variants)) return about;
    return { ...about, oneOf: eachObject(variants, (one) => told(one, known(textAt(one, 'const') ?? ''))) };
  };
  return mapped(schema, (types, name, about) => told(kinds(about), textOf(words, types, name)));
}

/** The fields and values that have no text. */
export function wordless(schema: Json, words: Words): readonly string[] {
  const missing: string[] = [];
  mapped(schema, (types, name, about) => {
    if (textOf(words, types, name) === undefined) missing.push(`${types[0]}.${name}`);
    return about;
  });
  return missing;
}

/** The texts that no field or value has. */
export function leftOver(schema: Json, words: Words): readonly string[] {
  const used = new Set<string>();
  mapped(schema, (types, name, about) => {
    const type = types.find((one) => textOf(words, [one], name) !== undefined);
    if (type !== undefined) used.add(`${type}.${name}`);
    return about;
  });
  return Object.entries(words)
    .flatMap(([type, texts]) => Object.keys(texts).map((name) => `${type}.${name}`))
    .filter((key) => !used.has(key));
}

function textOf(words: Words, types: readonly string[], name: string): string | undefined {
  for (const type of types) {
    const texts = Object.hasOwn(words, type) ? words[type] : undefined;
    if (texts && Object.hasOwn(texts, name)) return texts[name];
  }
  return undefined;
}

function mapped(schema: Json, visit: Visit): Json {
  if (!isObject(schema)) return schema;
  const definitions = Object.entries(objectAt(schema, 'definitions')).map(([type, about]) => {
    // The parameters of an action come from the catalogue, with its texts.
    const isOurs = !type.includes(':') && isObject(about);
    return [type, isOurs ? definition(type, about, visit) : about] as const;
  });
  return { ...fieldsOf([ROOT], schema, visit), definitions: Object.fromEntries(definitions) };
}

function definition(type: string, about: JsonObject, visit: Visit): JsonObject {
  const own = fieldsOf([type], about, visit);
  const variants = field(about, 'oneOf');
  if (!isArray(variants)) return own;
  const each = (variant: JsonObject): JsonObject => {
    const value = textAt(variant, 'const');
    if (value !== undefined) return visit([type], value, variant);
    return fieldsOf([textAt(variant, 'title') ?? type, type], variant, visit);
  };
  return { ...own, oneOf: eachObject(variants, each) };
}

function fieldsOf(types: readonly string[], about: JsonObject, visit: Visit): JsonObject {
  if (field(about, 'properties') === undefined) return about;
  const properties = Object.entries(objectAt(about, 'properties')).map(
    ([name, schema]) => [name, isObject(schema) ? visit(types, name, schema) : schema] as const,
  );
  return { ...about, properties: Object.fromEntries(properties) };
}

function eachObject(list: readonly Json[], change: (one: JsonObject) => JsonObject): Json[] {
  return list.map((one) => (isObject(one) ? change(one) : one));
}
