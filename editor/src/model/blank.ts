/**
 * New steps to begin with, one per kind of block, as empty as their forms allow.
 *
 * Knows the blocks; an action's kind and first parameters are given by whoever has the catalogue.
 */

import type { BlockKind, Step } from './blocks';
import type { Document } from './document';
import { freshId, takenIds } from './ids';
import { fromEntries, type JsonObject } from './json';

/** What the block's own fields are at first. */
export function blankFields(kind: BlockKind): JsonObject {
  switch (kind) {
    case 'action':
      return { action: '', with: {} };
    case 'wait':
      return { wait: { for: '1h' } };
    case 'wait_for':
      return { wait_for: { event: '', match: {}, timeout: '1d' }, on_timeout: [] };
    case 'if':
      // biome-ignore lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
      return { if: '', then: [], else: [] };
    case 'switch':
      return { switch: [{ when: '', steps: [] }], else: [] };
    case 'split':
      return { split: { a: 50, b: 50 }, paths: { a: [], b: [] } };
    case 'each':
      return { each: '', steps: [] };
    case 'parallel':
      return { parallel: { a: [], b: [] } };
    case 'repeat':
      return { repeat: { until: '', limit: 10 }, steps: [] };
    case 'script':
      return { script: '' };
    case 'set':
      return { set: {} };
    case 'call':
      return { call: '' };
    case 'ask':
      return { ask: { question: '', answers: {}, timeout: '1d' }, on: {}, on_timeout: [] };
    case 'goto':
      return { goto: '', limit: 3 };
    case 'stop':
      return { stop: 'done' };
  }
}

/** A new step with an id made of `title`, or of its block; `fields` overrides what it begins with. */
export function blankStep(document: Document, kind: BlockKind, title = '', fields: JsonObject = {}): Step {
  const id = freshId(takenIds(document), title === '' ? kind : title);
  return fromEntries([['id', id], ...Object.entries({ ...blankFields(kind), ...fields })]);
}
