/**
 * The shape of `GET /api/v1/catalog`, as far as the model reads it: what exists in the world, as data.
 * It names nothing of it.
 */

import type { Json } from './json';

export interface Words {
  readonly es: string;
  readonly en: string;
  readonly pt: string;
}

export interface NodeSpec {
  readonly kind: string;
  readonly title: Words;
  readonly summary: Words;
  /** JSON Schema of the parameters, with `x-widget`, `x-connector`, `x-titles`, `x-help`. */
  readonly params: Json;
  /** JSON Schema of the output; `true` when anything is possible. */
  readonly output: Json;
  /** Whether it sends a message to a person. */
  readonly sends: boolean;
  readonly promise: 'pure' | 'keyed' | 'repeatable' | 'once';
  /** Reason codes with which it may refuse. */
  readonly refusals: readonly string[];
}

export interface EventSpec {
  readonly title: Words;
  readonly data: Json;
  /** An example of the data, for previews. */
  readonly sample: Json;
}

export interface ConnectorSpec {
  readonly name: string;
  readonly title: Words;
  readonly settings: Json;
  readonly secrets: Json;
}

export interface Catalog {
  readonly nodes: Readonly<Record<string, NodeSpec>>;
  readonly events: Readonly<Record<string, EventSpec>>;
  readonly connectors: Readonly<Record<string, ConnectorSpec>>;
  /** JSON Schemas of what `contact` and `org` hold in expressions. */
  readonly contact: Json;
  readonly org: Json;
}
