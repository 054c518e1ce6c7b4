/**
 * Reads a JSON Schema as a form: its fields, their widgets, their words.
 *
 * Pure; knows schemas with `x-` hints, and never a node, a connector or a component.
 */
import type { Schema } from '@/api/catalog';
import type { Lang } from '@/i18n/languages';
import { localText } from '@/i18n/local';

export interface Field {
  name: string;
  schema: Schema;
  required: boolean;
  /** It has a value that is right for nearly everybody, so it is folded away. */
  advanced: boolean;
}

/** The fields of an object's schema, in its order; those that must be filled first. */
export function fieldsOf(schema: Schema): Field[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {})
    .map(([name, field]) => ({
      name,
      schema: field,
      required: required.has(name),
      advanced: !required.has(name) && hasTellingDefault(field),
    }))
    .sort((a, b) => Number(b.required) - Number(a.required));
}

function hasTellingDefault(schema: Schema): boolean {
  const { default: value } = schema;
  if (value === undefined || value === null || value === '' || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** The types a value may have, but for null, which only says that it may be absent. */
export function typesOf(schema: Schema): string[] {
  const types = schema.type === undefined ? [] : Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.filter((type) => type !== 'null');
}

/** The values to choose from; `undefined` when anything goes. */
export function choicesOf(schema: Schema): Array<{ value: string; schema: Schema }> | undefined {
  if (schema.enum !== undefined) {
    return schema.enum
      .filter((value) => value !== null)
      .map((value) => ({ value: String(value), schema: {} }));
  }
  const branches = (schema.oneOf ?? schema.anyOf)?.filter((branch) => branch.type !== 'null');
  if (branches === undefined || branches.length === 0) return undefined;
  if (!branches.every((branch) => branch.const !== undefined || branch.enum?.length === 1)) return undefined;
  return branches.map((branch) => ({ value: String(branch.const ?? branch.enum?.[0]), schema: branch }));
}

/** The name of the widget: the schema's own hint when `known`, else by its type. */
export function widgetOf(schema: Schema, known: (name: string) => boolean): string {
  const hint = schema['x-widget'];
  if (hint !== undefined && known(hint)) return hint;
  if (choicesOf(schema) !== undefined) return 'select';
  const types = typesOf(schema);
  if (types.includes('string')) return 'text';
  if (types.includes('boolean')) return 'switch';
  if (types.includes('integer') || types.includes('number')) return 'number';
  if (types.includes('array')) return 'list';
  if (types.includes('object')) return schema.properties === undefined ? 'fields' : 'group';
  if (schema.anyOf?.some((branch) => typesOf(branch).includes('string'))) return 'text';
  return 'json';
}

/** What a field is called: its title in `lang`, else its name as words. */
export function labelOf(name: string, schema: Schema, lang: Lang): string {
  return localText(schema['x-titles'], lang) ?? schema.title ?? asWords(name);
}

export function helpOf(schema: Schema, lang: Lang): string | undefined {
  return localText(schema['x-help'], lang) ?? schema.description;
}

/** `recovery_url` as `Recovery url`. */
export function asWords(name: string): string {
  const words = name.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Where a field of what lies at `path` is: dotted, as the API tells errors of requests (`settings.base_url`), or
 * a JSON pointer, as the checker tells problems of documents (`/steps/0/with/to`).
 */
export function inside(path: string, name: string): string {
  if (path.startsWith('/')) return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return path === '' ? name : `${path}.${name}`;
}

/** Whether a path leads to something in what lies at another one. */
export function isInside(path: string, around: string): boolean {
  return path.startsWith(around) && (path[around.length] === '.' || path[around.length] === '/');
}

/** The object with one field changed; a field without a value is not there. */
export function withField(
  value: Readonly<Record<string, unknown>>,
  name: string,
  next: unknown,
): Record<string, unknown> {
  const { [name]: _, ...rest } = value;
  return next === undefined ? rest : { ...value, [name]: next };
}

/** The names of required fields that have no value, so that a form can say so before it is sent. */
export function missingIn(schema: Schema, value: Readonly<Record<string, unknown>>): string[] {
  return (schema.required ?? []).filter((name) => value[name] === undefined || value[name] === '');
}
