/**
 * An operation: what a person did, as patches with the words for it.
 *
 * Builders look at a document and give an operation or a refusal; nothing changes until
 * `history.perform` applies the patches. Knows no node kind.
 */

import type { StepId } from './document';
import { fail, type Result } from './json';
import type { Patch } from './patch';
import { type Phrase, type PhraseKey, phrase } from './phrase';

export interface Operation {
  /** What was done, for the undo menu. */
  readonly label: Phrase;
  readonly patches: readonly Patch[];
  /** Operations with the same one that follow each other closely are undone together: typing. */
  readonly coalesce?: string;
  /** The steps to select afterwards. */
  readonly select?: readonly StepId[];
}

/** Why nothing can be done. */
export type Refusal = Phrase;

export type Built = Result<Operation, Refusal>;

export function refuse(
  key: Extract<PhraseKey, `refuse.${string}`>,
  values: Phrase['values'] = {},
): {
  readonly ok: false;
  readonly error: Refusal;
} {
  return fail(phrase(key, values));
}
