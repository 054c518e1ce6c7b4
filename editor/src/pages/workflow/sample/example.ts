/**
 * A value a JSON Schema allows, for previews of what nobody has seen yet. Pure; the same schema gives the same value.
 */
import { field, isArray, isObject, type Json, objectAt, textAt } from '@/model';

const DEPTH_MAX = 4;

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-15T12:00:00Z',
  date: '2026-01-15',
  email: 'ana@example.com',
  uri: 'https://example.com',
  uuid: '01990000-0000-7000-8000-000000000001',
};
const WIDGETS: Readonly<Record<string, string>> = {
  phone: '+5491155551234',
  email: 'ana@example.com',
  url: 'https://example.com',
  zone: 'America/Argentina/Buenos_Aires',
};

/** `name` is what a text without any hint says, so that one sees where it comes from. */
export function exampleOf(schema: Json | undefined, name: string, depth = 0): Json {
  if (!isObject(schema)) return name;
  const fixed = field(schema, 'const') ?? firstOf(schema, 'examples') ?? firstOf(schema, 'enum');
  if (fixed !== undefined && fixed !== null) return fixed;
  const preset = field(schema, 'default');
  if (preset !== undefined && preset !== null && preset !== '') return preset;
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const part = firstOf(schema, key, (one) => field(one, 'type') !== 'null');
    if (part !== undefined) return exampleOf(part, name, depth + 1);
  }
  const written = field(schema, 'type');
  const type = isArray(written) ? written.find((one) => one !== 'null') : written;
  switch (type) {
    case 'boolean':
      return false;
    case 'integer':
    case 'number': {
      const least = field(schema, 'minimum');
      return typeof least === 'number' && least > 1 ? least : 1;
    }
    case 'array': {
      const items = field(schema, 'items');
      return items === undefined || depth >= DEPTH_MAX ? [] : [exampleOf(items, name, depth + 1)];
    }
    case 'object':
      if (depth >= DEPTH_MAX) return {};
      return Object.fromEntries(
        Object.entries(objectAt(schema, 'properties')).map(([key, inner]) => [
          key,
          exampleOf(inner, key, depth + 1),
        ]),
      );
    default:
      return FORMATS[textAt(schema, 'format') ?? ''] ?? WIDGETS[textAt(schema, 'x-widget') ?? ''] ?? name;
  }
}

function firstOf(schema: Json, key: string, fits: (one: Json) => boolean = () => true): Json | undefined {
  const all = field(schema, key);
  return isArray(all) ? all.find((one) => one !== null && fits(one)) : undefined;
}
