/**
 * A text that says another document, changed as little as is easily done, so that its comments stay.
 *
 * The server does the same for what it stores, and better; this is for what is shown until it has answered, and
 * for edits of two views that meet in one text. Knows YAML and JSON, never a workflow.
 */
import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type Document as Tree } from 'yaml';
import { equal, isArray, isObject, type Json, readText, textAt, writeText } from '@/model';

const OPTIONS = { version: '1.2', schema: 'failsafe', logLevel: 'error', prettyErrors: false } as const;

/** The text for `next`; canonical when the text cannot be read. */
export function retext(text: string, next: Json): string {
  const read = readText(text);
  if (!read.ok) return writeText(next);
  if (equal(read.value, next)) return text;
  if (isJson(text)) return `${JSON.stringify(next, null, 2)}\n`;
  const tree: Tree = parseDocument(text, OPTIONS);
  tree.contents = adapt(tree.contents as Node | null, read.value, next) as typeof tree.contents;
  const written = tree.toString({ lineWidth: 0, indentSeq: isIndented(text) });
  const check = readText(written);
  return check.ok && equal(check.value, next) ? written : writeText(next);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether lists stand further in than the key they belong to. */
function isIndented(text: string): boolean {
  const found = /^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:\s*(?:#[^\n]*)?\n)*( *)- /m.exec(text);
  return found === null || (found[2]?.length ?? 0) > (found[1]?.length ?? 0);
}

function adapt(node: Node | null, old: Json, next: Json): Node {
  if (node !== null && equal(old, next)) return node;
  if (isMap(node) && isObject(old) && isObject(next)) {
    const known = new Map(node.items.map((pair) => [nameOf(pair), pair]));
    node.items = Object.entries(next).map(([name, value]) => {
      const pair = known.get(name);
      if (!pair || !Object.hasOwn(old, name)) return freshPair(name, value);
      pair.value = adapt(pair.value as Node | null, old[name] ?? null, value);
      return pair;
    });
    return node;
  }
  if (isSeq(node) && isArray(old) && isArray(next)) {
    const taken = new Set<number>();
    node.items = next.map((value, at) => {
      const from = origin(old, value, at, taken);
      if (from === undefined) return fresh(value);
      taken.add(from);
      return adapt(node.items[from] as Node, old[from] ?? null, value);
    });
    return node;
  }
  if (isScalar(node) && node.type === 'PLAIN' && typeof next === 'string' && isPlain(next)) {
    node.value = next;
    return node;
  }
  const made = fresh(next);
  if (node?.comment) made.comment = node.comment;
  if (node?.commentBefore) made.commentBefore = node.commentBefore;
  return made;
}

/** Whether the word means itself without quotes, in a list on one line, too. */
function isPlain(text: string): boolean {
  const read = /^[\w./ -]+$/.test(text) ? readText(text) : undefined;
  return read?.ok === true && read.value === text;
}

/** Which of the old items a new one is: the one with its id, the same one, or the one at its place. */
function origin(
  old: readonly Json[],
  value: Json,
  at: number,
  taken: ReadonlySet<number>,
): number | undefined {
  const free = (index: number) => index >= 0 && !taken.has(index);
  const id = textAt(value, 'id');
  if (id !== undefined) {
    const same = old.findIndex((item, index) => free(index) && textAt(item, 'id') === id);
    return same < 0 ? undefined : same;
  }
  const same = old.findIndex((item, index) => free(index) && equal(item, value));
  if (same >= 0) return same;
  return at < old.length && free(at) ? at : undefined;
}

function nameOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function fresh(value: Json): Node {
  return parseDocument(writeText(value), OPTIONS).contents as unknown as Node;
}

function freshPair(name: string, value: Json): Pair {
  const map = fresh({ [name]: value });
  return (map as unknown as { items: Pair[] }).items[0] as Pair;
}
