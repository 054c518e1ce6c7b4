/**
 * Where in a text an expression is being written, and where that is in the document.
 *
 * Pure; knows which fields of the document format are expressions, never a step.
 */
import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { join } from '@/model';

/** Fields that are expressions as a whole; every other text may hold some in `${ }`. */
const EXPRESSIONS = new Set(['where', 'if', 'when', 'key', 'each', 'script']);

export interface Written {
  /** The name so far, such as `event.to`, and where it begins. */
  readonly word: string;
  readonly from: number;
}

/** The name being written in an expression; `undefined` where none can be. */
export function nameAt(text: string, at: number): Written | undefined {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  const isOpen = line.lastIndexOf('${') > line.lastIndexOf('}');
  const field = /^\s*(?:- )*([\w]+):\s+(?![|>])/.exec(line)?.[1];
  if (!isOpen && (field === undefined || !EXPRESSIONS.has(field))) return undefined;
  const word = /[A-Za-z_][\w.]*$/.exec(line)?.[0] ?? '';
  // Behind a dot that follows no name there is nothing to offer.
  return word === '' && /[.\w"')\]]$/.test(line) ? undefined : { word, from: at - word.length };
}

/** The JSON pointer of the value around a place of a text; empty when the text cannot be read there. */
export function pointerAt(text: string, at: number): string {
  let node = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' }).contents as Node | null;
  let pointer = '';
  for (;;) {
    if (isMap(node)) {
      const pair = node.items.find(({ key, value }) => {
        const start = isScalar(key) ? (key.range?.[0] ?? at) : at;
        const end = (value as Node | null)?.range?.[2] ?? (isScalar(key) ? key.range?.[2] : at) ?? at;
        return start <= at && at <= end;
      });
      if (!pair || !isScalar(pair.key)) return pointer;
      pointer = join(pointer, String(pair.key.value));
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      const index = node.items.findIndex((item) => {
        const range = (item as Node).range;
        return range != null && range[0] <= at && at <= range[2];
      });
      if (index < 0) return pointer;
      pointer = join(pointer, index);
      node = node.items[index] as Node;
    } else return pointer;
  }
}
