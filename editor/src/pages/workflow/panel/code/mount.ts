/**
 * A CodeMirror field in a place of the page: one line or several, with colours, chips and completion.
 *
 * The heavy part of the panel, loaded when first needed. It keeps no history: the page undoes. Knows no React.
 */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from '@codemirror/autocomplete';
import { standardKeymap } from '@codemirror/commands';
import { Annotation, Compartment, EditorState, type Extension, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder, tooltips } from '@codemirror/view';
import { styleNonce } from '@/app/nonce';
import { beside } from './beside';
import { type Callable, callablesOf } from './calls';
import { chips, unfoldSelected, wordsOf } from './chips';
import { completers } from './complete';
import { blame, type Fault } from './faults';
import { language, type Mode } from './language';
import { overtype } from './overtype';
import { THEME } from './theme';
import { openAt, type Word } from './words';

export interface Options {
  readonly text: string;
  readonly mode: Mode;
  readonly lines: 'one' | 'many';
  readonly placeholder: string;
  onChange(text: string): void;
}

/** What may change while the field stands. */
export interface Changing {
  readonly words: ReadonlyMap<string, Word>;
  readonly callables: readonly Callable[];
  readonly disabled: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Mounted {
  set(text: string): void;
  change(next: Changing): void;
  /** Underlines what is wrong in the text as it is. */
  blame(fault: Fault | undefined): void;
  /** Puts a variable where the cursor is. */
  insert(expression: string): void;
  focus(): void;
  destroy(): void;
}

const outside = Annotation.define<boolean>();

export function mount(parent: HTMLElement, options: Options, first: Changing): Mounted {
  const changing = new Compartment();
  const isTemplate = options.mode === 'template';
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: options.text,
      // What is inserted before somebody has been here goes behind the rest.
      selection: { anchor: options.text.length },
      extensions: [
        EditorView.cspNonce.of(styleNonce()),
        changing.of(changeable(first, isTemplate)),
        isTemplate ? chips : [],
        language(options.mode),
        keys(options),
        overtype,
        EditorView.lineWrapping,
        placeholder(options.placeholder),
        tooltips({ position: 'fixed', parent: document.body }),
        options.mode === 'json'
          ? []
          : autocompletion({ override: completers(options.mode), icons: false, positionInfo: beside }),
        isTemplate ? braces : closeBrackets(),
        options.lines === 'one' ? single : [],
        THEME,
        EditorView.updateListener.of((update) => {
          if (!update.docChanged || update.transactions.some((one) => one.annotation(outside))) return;
          options.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    set(text) {
      const old = view.state.doc.toString();
      if (old === text) return;
      view.dispatch({
        changes: { from: 0, to: old.length, insert: text },
        selection: { anchor: Math.min(view.state.selection.main.head, text.length) },
        annotations: outside.of(true),
      });
    },
    change: (next) => view.dispatch({ effects: changing.reconfigure(changeable(next, isTemplate)) }),
    blame: (fault) => blame(view, fault),
    insert(expression) {
      const { from, to } = view.state.selection.main;
      const isInside = !isTemplate || openAt(view.state.doc.toString(), from) !== undefined;
      const insert = isInside ? expression : `\${${expression}}`;
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length } });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

/** Words for people are looked at as such by browsers and phones. */
const WRITING = { spellcheck: 'true', autocorrect: 'on', autocapitalize: 'sentences' };

function changeable({ words, callables, disabled, attributes }: Changing, isWriting: boolean): Extension {
  return [
    wordsOf.of(words),
    callablesOf.of(callables),
    EditorState.readOnly.of(disabled),
    EditorView.editable.of(!disabled),
    EditorView.contentAttributes.of({ ...attributes, ...(isWriting ? WRITING : {}) }),
  ];
}

function keys({ mode, lines }: Options): Extension {
  return [
    Prec.high(
      keymap.of([
        { key: 'Tab', run: acceptCompletion },
        { key: 'Enter', run: (view) => acceptCompletion(view) || unfoldSelected(view) },
        { key: 'F2', run: unfoldSelected },
      ]),
    ),
    keymap.of([
      ...(mode === 'template' ? [] : closeBracketsKeymap),
      ...completionKeymap,
      ...standardKeymap.filter((binding) => lines === 'many' || binding.key !== 'Enter'),
    ]),
  ];
}

/** A line stays one: what is pasted is joined, and Enter writes nothing. */
const single: Extension = [
  EditorView.clipboardInputFilter.of((text) => text.trim().replaceAll(/\s*\n\s*/g, ' ')),
  EditorState.transactionFilter.of((change) => (change.newDoc.lines > 1 ? [] : change)),
];

/** Behind a dollar sign a brace brings its partner and the list of variables; the partner is typed over. */
const braces: Extension = EditorView.inputHandler.of((view, from, to, text) => {
  const isBegun = text === '{' && view.state.sliceDoc(from - 1, from) === '$';
  const isEnd =
    text === '}' &&
    view.state.sliceDoc(to, to + 1) === '}' &&
    openAt(view.state.doc.toString(), from) !== undefined;
  if (!isBegun && !isEnd) return false;
  view.dispatch({
    changes: { from, to: isEnd ? to + 1 : to, insert: isEnd ? '}' : '{}' },
    selection: { anchor: from + 1 },
    userEvent: 'input.type',
  });
  if (isBegun) startCompletion(view);
  return true;
});
