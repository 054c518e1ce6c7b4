/**
 * The catalogue: what workflows may name, with schemas and texts. It changes only with the server's version.
 *
 * Knows the catalogue's shape, which OpenAPI leaves open; never a kind of node by name.
 */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, data } from './client';

export type Texts = Partial<Record<'es' | 'en' | 'pt', string>>;

/** The part of JSON Schema that our forms are made of. */
export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  'x-widget'?: string;
  'x-connector'?: string;
  'x-titles'?: Texts;
  'x-help'?: Texts;
  'x-record'?: string;
}

export interface NodeSpec {
  kind: string;
  title: Texts;
  summary: Texts;
  params: Schema;
  output?: Schema;
  sends: boolean;
  promise: string;
  refusals: string[];
}

export interface EventSpec {
  title: Texts;
  data: Schema;
}

export interface ConnectorSpec {
  name: string;
  title: Texts;
  settings: Schema;
  secrets: Schema;
}

/** A function of expressions and scripts. */
export interface FunctionSpec {
  name: string;
  /** What it takes, in order; `?` at the end marks what may be left out. */
  args: string[];
  group: string;
  doc: Texts;
  /** A call that works as it stands. */
  example: string;
  /** What the example gives, as JSON. */
  gives: string;
}

export interface Catalog {
  nodes: Record<string, NodeSpec>;
  events: Record<string, EventSpec>;
  connectors: Record<string, ConnectorSpec>;
  contact: Schema;
  org: Schema;
  functions: FunctionSpec[];
}

export const catalogQuery = queryOptions({
  queryKey: ['catalog'],
  queryFn: async ({ signal }): Promise<Catalog> =>
    (await data(api.GET('/api/v1/catalog', { signal }))) as unknown as Catalog,
  staleTime: Number.POSITIVE_INFINITY,
});

export function useCatalog() {
  return useQuery(catalogQuery);
}
