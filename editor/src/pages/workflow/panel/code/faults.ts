/** A fault in a field's source as an underline. Knows where it lies and its sentence; never what is wrong. */
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import type { EditorView } from '@codemirror/view';
import { marked } from './marked';

export interface Fault {
  /** With code in backticks. */
  readonly message: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters as people count them: an emoji is one. */
  readonly column: number;
}

interface Spot {
  readonly from: number;
  readonly to: number;
}

/** What a fault underlines: the word or sign at its place, else the last before it. Nothing in an empty text. */
export function spotOf(text: string, { line, column }: Pick<Fault, 'line' | 'column'>): Spot {
  const lines = text.split('\n');
  const index = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0);
  const before = [...(lines[index] ?? '')].slice(0, Math.max(column, 1) - 1).join('');
  const from = start + before.length;
  const [found] = /^(\w+|"(?:[^"\\\n]|\\.)*"?|\$\{|\S)/u.exec(text.slice(from)) ?? [];
  if (found !== undefined) return { from, to: from + found.length };
  const end = text.slice(0, from).trimEnd().length;
  return { from: Math.max(end - 1, 0), to: end };
}

/** Shows this fault and no other. */
export function blame(view: EditorView, fault: Fault | undefined): void {
  const all: Diagnostic[] = [];
  if (fault) {
    const { message } = fault;
    const spot = spotOf(view.state.doc.toString(), fault);
    all.push({ ...spot, severity: 'error', message, renderMessage: () => marked(message) });
  }
  view.dispatch(setDiagnostics(view.state, all));
}
