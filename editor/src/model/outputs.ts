/**
 * What steps leave behind under `steps.<id>`, as the engine keeps it (`dsl/src/check/outputs.rs`).
 *
 * Knows the blocks; what an action leaves is its node's output schema.
 */

import { kindOf, type Step } from './blocks';
import type { Catalog } from './catalog';
import { field, isArray, isObject, type Json, objectAt, textAt } from './json';
import { recordOf } from './types';

const TEXT: Json = { type: 'string' };
const NUMBER: Json = { type: 'integer' };
const FLAG: Json = { type: 'boolean' };

/** What `error` holds. */
export const ERROR: Json = recordOf({ code: TEXT, message: TEXT, step: TEXT });

/** The schema of a step's output; `undefined` for blocks that leave nothing worth naming. */
export function outputSchema(step: Step, catalog: Catalog): Json | undefined {
  const output = blockOutput(step, catalog);
  const mayFail = field(step, 'on_error') !== undefined || isArray(field(step, 'fallback'));
  return output !== undefined && mayFail ? withError(output) : output;
}

function blockOutput(step: Step, catalog: Catalog): Json | undefined {
  switch (kindOf(step)) {
    case 'action': {
      const kind = textAt(step, 'action') ?? '';
      return Object.hasOwn(catalog.nodes, kind) ? (catalog.nodes[kind]?.output ?? true) : true;
    }
    case 'wait_for':
      return recordOf({ timed_out: FLAG, type: TEXT, event_id: TEXT, event: heard(step, catalog) }, [
        'timed_out',
      ]);
    case 'ask':
      return recordOf({ timed_out: FLAG, answer: TEXT, by: TEXT }, ['timed_out']);
    case 'split':
      return recordOf({ path: TEXT });
    case 'repeat':
      return recordOf({ rounds: NUMBER, done: FLAG });
    case 'each':
      return recordOf({ count: NUMBER });
    case 'set':
      return recordOf(Object.fromEntries(Object.keys(objectAt(step, 'set')).map((name) => [name, true])));
    case 'script':
    case 'call':
      return true;
    default:
      return undefined;
  }
}

/** What the event waited for holds; anything when it may be one of several. */
function heard(step: Step, catalog: Catalog): Json {
  const event = textAt(field(step, 'wait_for'), 'event');
  return event !== undefined && Object.hasOwn(catalog.events, event)
    ? (catalog.events[event]?.data ?? true)
    : true;
}

/** The output, or the failure it ended with. */
function withError(output: Json): Json {
  if (!isObject(output) || field(output, 'properties') === undefined) return output;
  return { ...output, properties: { ...objectAt(output, 'properties'), error: ERROR } };
}
