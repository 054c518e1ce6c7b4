/**
 * Steps as text for the clipboard, and back: within a flow, into another flow, into a mail.
 *
 * The text is a YAML list of steps as the document writes them; pasting also takes one step or a whole
 * workflow. Knows no browser: whoever copies puts the text where it belongs.
 */

import { asSteps, kindOf, type Step } from './blocks';
import { type Document, named, placesOf, type Slot, type StepId } from './document';
import { insertSteps } from './edit-steps';
import { readsIn } from './expressions';
import { field, isArray, isObject, type Json, ok, type Result } from './json';
import { type Operation, type Refusal, refuse } from './operation';
import { outermost } from './slots';
import { readText, writeText } from './yaml';

/** The outermost of these steps, in the order of the text, as YAML. */
export function copySteps(source: Document, keys: readonly StepId[]): string {
  const document = named(source);
  return writeText(outermost(document, keys).map((place) => place.step));
}

export interface Pasted {
  readonly operation: Operation;
  /** Steps that the pasted ones name and this workflow does not have. */
  readonly missing: readonly StepId[];
}

/** Puts copied steps into a slot. Ids that are taken are replaced, references among the pasted follow. */
export function pasteSteps(document: Document, slot: Slot, text: string): Result<Pasted, Refusal> {
  const read = readText(text);
  if (!read.ok) {
    const [first] = read.error;
    return first?.code === 'too_large'
      ? refuse('refuse.too_large')
      : refuse('refuse.bad_text', { line: first?.line ?? 1 });
  }
  const steps = stepsIn(read.value);
  if (!steps || steps.length === 0) return refuse('refuse.not_steps');
  const built = insertSteps(document, slot, steps, 'did.paste');
  if (!built.ok) return built;
  return ok({ operation: built.value, missing: missing(document, steps) });
}

/** Whether a text holds steps that could be pasted. */
export function holdsSteps(text: string): boolean {
  const read = readText(text);
  return read.ok && (stepsIn(read.value)?.length ?? 0) > 0;
}

function stepsIn(value: Json): readonly Step[] | undefined {
  const list = isArray(value)
    ? value
    : isObject(value) && kindOf(value) === undefined
      ? field(value, 'steps')
      : [value];
  if (!isArray(list) || !list.every((item) => isObject(item) && kindOf(item) !== undefined)) return undefined;
  return asSteps(list);
}

/** The steps named by some and had by neither them nor the document. */
function missing(document: Document, steps: readonly Step[]): readonly StepId[] {
  const known = new Set([...placesOf(document).keys(), ...placesOf({ steps }).keys()]);
  return [...readsIn(steps)].filter((id) => !known.has(id));
}
