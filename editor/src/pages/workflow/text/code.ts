/** A CodeMirror for the text of a draft: its keys, its notation, its look. Knows CodeMirror; never the draft. */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Annotation, Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { styleNonce } from '@/app/nonce';
import type { Problem } from '../session/parts';
import { completion, help, type Knowledge } from './complete';
import { changesBetween } from './lines';
import { codeLook } from './theme';

/** Marks what comes from the draft, and not from who types. */
const fromDraft = Annotation.define<true>();

export interface CodeOptions {
  readonly text: string;
  readonly know: () => Knowledge;
  readonly typed: (text: string) => void;
  /** Of the region, and of what tells how to leave it. */
  readonly label: string;
  readonly describedBy: string;
  /** CodeMirror's own words in the reader's language. */
  readonly phrases: Readonly<Record<string, string>>;
}

export interface Code {
  readonly view: EditorView;
  /** Another text; the cursor stays where it is. */
  show(text: string): void;
  setReadOnly(readOnly: boolean): void;
  goTo(line: number, column: number): void;
  /** Brings the cursor back into sight when there is less room. */
  follow(): void;
}

export function makeCode(parent: HTMLElement, options: CodeOptions): Code {
  const readOnly = new Compartment();
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [...extensions(options), readOnly.of([])],
    }),
  });
  return {
    view,
    show(text) {
      const changes = changesBetween(view.state.doc.toString(), text);
      if (changes.length > 0) view.dispatch({ changes, annotations: fromDraft.of(true) });
    },
    setReadOnly: (is) => view.dispatch({ effects: readOnly.reconfigure(EditorState.readOnly.of(is)) }),
    goTo(line, column) {
      const at = offsetOf(view.state, line, column);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
      view.focus();
    },
    follow() {
      if (view.hasFocus)
        view.dispatch({ effects: EditorView.scrollIntoView(view.state.selection.main.head) });
    },
  };
}

function extensions(options: CodeOptions): Extension[] {
  return [
    EditorView.cspNonce.of(styleNonce()),
    EditorState.phrases.of(options.phrases),
    EditorView.contentAttributes.of({
      'aria-label': options.label,
      'aria-describedby': options.describedBy,
      spellcheck: 'false',
      tabindex: '0',
    }),
    yaml(),
    indentUnit.of('  '),
    EditorView.lineWrapping,
    lineNumbers(),
    highlightActiveLineGutter(),
    foldGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    completion(options.know),
    help(options.know),
    codeLook,
    // The page has an undo of its own; the one of the text is finer and comes first.
    keymap.of(historyKeymap.map((binding) => ({ ...binding, stopPropagation: true }))),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...foldKeymap,
      ...lintKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    EditorView.updateListener.of((update) => {
      const isTyped = update.transactions.some((one) => one.docChanged && !one.annotation(fromDraft));
      if (isTyped) options.typed(update.state.doc.toString());
    }),
  ];
}

/** Where a line and column, both from 1, lie in the text as it is. A column is a character, also one outside the plane of most. */
export function offsetOf(state: EditorState, line: number, column: number): number {
  const found = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  const before = [...found.text].slice(0, Math.max(column, 1) - 1).join('');
  return found.from + before.length;
}

/** Problems as underlines: from their place to the end of what stands there. */
export function diagnosticsOf(state: EditorState, problems: readonly Problem[]): Diagnostic[] {
  return problems.map((problem) => {
    const from = offsetOf(state, problem.line, problem.column);
    const line = state.doc.lineAt(from);
    const rest = line.text.slice(from - line.from).replace(/\s+#.*$|\s+$/, '');
    const start = rest === '' ? Math.max(line.from, from - 1) : from;
    return {
      from: start,
      to: Math.min(from + Math.max(rest.length, 1), line.to),
      severity: problem.severity === 'error' ? 'error' : 'warning',
      message: problem.hint === '' ? problem.message : `${problem.message} ${problem.hint}`,
    };
  });
}
