/**
 * Just enough of the expression language to see, for sure, where an expression names a step: texts,
 * characters and comments are passed over, as `dsl/src/expr/template.rs` does.
 *
 * Runs nothing and judges nothing; the server compiles expressions.
 */

/** A piece of a string: text as it is, or the source of an expression. */
export interface Piece {
  readonly code: boolean;
  readonly text: string;
}

/** The pieces of a string that may hold `${ expression }`; `$${` stands for itself. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let at = 0;
  while (at < text.length) {
    if (text.startsWith('$${', at)) at += 3;
    else if (text.startsWith('${', at)) {
      const end = expressionEnd(text, at + 2);
      if (end === undefined) break;
      pieces.push(
        { code: false, text: text.slice(from, at + 2) },
        { code: true, text: text.slice(at + 2, end) },
      );
      from = end;
      at = end + 1;
    } else at += 1;
  }
  pieces.push({ code: false, text: text.slice(from) });
  return pieces;
}

/** The position of the `}` that ends the expression beginning at `from`. */
function expressionEnd(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const c = text[at];
    if (c === '}' && depth === 0) return at;
    if (c === '{') depth += 1;
    if (c === '}') depth -= 1;
    const next = skip(text, at);
    if (next === undefined) return undefined;
    at = next;
  }
  return undefined;
}

/** Behind the text, character or comment that begins here, or behind this character. */
function skip(text: string, at: number): number | undefined {
  const c = text[at];
  if (c === '"' || c === "'") {
    for (let end = at + 1; end < text.length; end += 1) {
      if (text[end] === '\\') end += 1;
      else if (text[end] === c) return end + 1;
    }
    return undefined;
  }
  if (c === '`') return interpolatedEnd(text, at);
  if (text.startsWith('//', at)) {
    const end = text.indexOf('\n', at);
    return end < 0 ? undefined : end;
  }
  if (text.startsWith('/*', at)) {
    const end = text.indexOf('*/', at + 2);
    return end < 0 ? undefined : end + 2;
  }
  return at + 1;
}

function interpolatedEnd(text: string, open: number): number | undefined {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '`') return at + 1;
    if (text.startsWith('${', at)) {
      const end = expressionEnd(text, at + 2);
      if (end === undefined) return undefined;
      at = end;
    }
  }
  return undefined;
}

/** One `steps.<id>` in a source: where the id stands. */
interface Read {
  readonly from: number;
  readonly to: number;
  readonly id: string;
}

/** Whether a source declares a name `steps` of its own, so that nobody can tell what `steps.x` is. */
function hides(code: string): boolean {
  return /\b(let|const|for)\s*\(?\s*([a-z_]\w*\s*,\s*)?steps\b|\|[^|]*\bsteps\b[^|]*\|/.test(code);
}

/** The step ids a source names. */
export function stepReads(code: string): readonly Read[] {
  const reads: Read[] = [];
  if (!code.includes('steps') || hides(code)) return reads;
  find(code, 0, code.length, reads);
  return reads;
}

function find(code: string, start: number, end: number, reads: Read[]): void {
  for (let at = start; at < end; ) {
    const c = code[at] ?? '';
    if (/[A-Za-z_]/.test(c)) {
      const word = /^\w+/.exec(code.slice(at, at + 200))?.[0] ?? c;
      if (word === 'steps' && !isContinued(code.slice(Math.max(0, at - 8), at))) read(code, at + 5, reads);
      at += word.length;
    } else if (c === '`') {
      const close = Math.min(interpolatedEnd(code, at) ?? end, end);
      inTemplate(code, at + 1, close - 1, reads);
      at = close;
    } else at = skip(code, at) ?? end;
  }
}

/** Whether what comes next is a field or the rest of a word; `..` is a range. */
function isContinued(before: string): boolean {
  return /\w$|(?<!\.)\.\s*$/.test(before);
}

/** The `${...}` of a text in backticks. */
function inTemplate(code: string, start: number, end: number, reads: Read[]): void {
  for (let at = start; at < end; at += 1) {
    if (!code.startsWith('${', at)) continue;
    const close = Math.min(expressionEnd(code, at + 2) ?? end, end);
    find(code, at + 2, close, reads);
    at = close;
  }
}

/** Reads `.id` or `["id"]` behind `steps`. */
function read(code: string, at: number, reads: Read[]): void {
  const rest = code.slice(at, at + 200);
  const dotted = /^(\s*\??\.\s*)([A-Za-z_]\w*)(?!\s*\()/.exec(rest);
  const indexed = /^(\s*\??\[\s*")([^"\\]*)"\s*\]/.exec(rest);
  const found = dotted ?? indexed;
  if (!found) return;
  const [, lead = '', id = ''] = found;
  reads.push({ from: at + lead.length, to: at + lead.length + id.length, id });
}

/** The source with step ids renamed. */
export function renameReads(code: string, rename: (id: string) => string | undefined): string {
  let result = '';
  let from = 0;
  for (const found of stepReads(code)) {
    const next = rename(found.id);
    if (next === undefined) continue;
    result += code.slice(from, found.from) + next;
    from = found.to;
  }
  return result + code.slice(from);
}
