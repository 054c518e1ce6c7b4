/**
 * New step ids: readable, unique, and permanent once written.
 *
 * Knows no dice: an id is made of the title or the block, with a number when it is taken.
 */

import { kindOf, type Step } from './blocks';
import { type Document, free, idOf, placesOf, type StepId } from './document';
import { textAt } from './json';

/** The longest id made up here; people may write longer ones. */
const ID_CHARS_MAX = 32;

/** Whether a text may be the id of a step, the name of an input or of a variable. */
export function isName(text: string): boolean {
  return /^[a-z][a-z0-9_]*$/.test(text);
}

/** A text as a name: `¿Esperar 1 h?` becomes `esperar_1_h`; empty when nothing of it can be used. */
export function slug(text: string): string {
  const plain = text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+/, '');
  return plain.slice(0, ID_CHARS_MAX).replace(/_+$/, '');
}

/** The ids of a document. */
export function takenIds(document: Document): Set<StepId> {
  return new Set(placesOf(document).keys());
}

/** An id nobody has, from a title or whatever else names the thing. */
export function freshId(taken: { has(id: string): boolean }, base: string): StepId {
  return free(slug(base) || 'step', taken);
}

/** What a step without a title is called after: its own id, the last word of its action, its block. */
export function baseOf(step: Step): string {
  const id = idOf(step);
  if (id !== undefined) return id.replace(/(_\d+|#\d+)+$/, '') || id;
  const action = textAt(step, 'action');
  return action?.split('.').at(-1) ?? kindOf(step) ?? 'step';
}
