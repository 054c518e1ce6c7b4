/**
 * Variables inside a text as chips with the words people know, each one thing for cursor and keyboard.
 *
 * Knows `${ variable }` and the words it is given; an expression that is more than a variable stays as it is.
 */
import { type Extension, Facet, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from '@codemirror/view';
import { piecesOf } from '@/model';
import type { Word } from './words';

/** The variables a field may name, by what is written. */
export const wordsOf = Facet.define<ReadonlyMap<string, Word>, ReadonlyMap<string, Word>>({
  combine: (all) => all[0] ?? new Map(),
});

/** Shows the chip at a position as the expression it is, until the cursor leaves it. */
const open = StateEffect.define<number | undefined>();

const opened = StateField.define<number | undefined>({
  create: () => undefined,
  update(value, change) {
    for (const effect of change.effects) if (effect.is(open)) return effect.value;
    if (value === undefined) return undefined;
    const at = change.changes.mapPos(value);
    const { head } = change.state.selection.main;
    const end = change.state.doc.toString().indexOf('}', at);
    return head < at || (end >= 0 && head > end + 1) ? undefined : at;
  },
});

class Chip extends WidgetType {
  constructor(
    readonly word: Word,
    readonly at: number,
    readonly length: number,
  ) {
    super();
  }

  override eq(other: Chip): boolean {
    return (
      other.word.label === this.word.label && other.word.maybe === this.word.maybe && other.at === this.at
    );
  }

  override toDOM(view: EditorView): HTMLElement {
    const chip = document.createElement('span');
    chip.className = 'op-chip';
    chip.textContent = this.word.label;
    chip.title =
      this.word.value === undefined ? this.word.expression : `${this.word.expression} = ${this.word.value}`;
    if (this.word.maybe) chip.dataset.maybe = '';
    chip.addEventListener('mousedown', (event) => {
      event.preventDefault();
      view.focus();
      view.dispatch({ selection: { anchor: this.at, head: this.at + this.length } });
    });
    chip.addEventListener('dblclick', () => unfold(view, this.at));
    return chip;
  }

  override ignoreEvent(): boolean {
    return false;
  }
}

function unfold(view: EditorView, at: number): void {
  view.dispatch({ effects: open.of(at), selection: { anchor: at + 2 } });
}

/** The chip that is selected as a whole opens as an expression. */
export function unfoldSelected(view: EditorView): boolean {
  const { from, to } = view.state.selection.main;
  const text = view.state.sliceDoc(from, to);
  if (!text.startsWith('${') || !text.endsWith('}')) return false;
  unfold(view, from);
  return true;
}

function chipsIn(view: EditorView): DecorationSet {
  const words = view.state.facet(wordsOf);
  const shown = view.state.field(opened);
  const builder = new RangeSetBuilder<Decoration>();
  let at = 0;
  for (const piece of piecesOf(view.state.doc.toString())) {
    const from = at - 2;
    const word = piece.code ? words.get(piece.text.trim()) : undefined;
    if (word && from !== shown) {
      const length = piece.text.length + 3;
      builder.add(from, from + length, Decoration.replace({ widget: new Chip(word, from, length) }));
    }
    at += piece.text.length;
  }
  return builder.finish();
}

const plugin = ViewPlugin.fromClass(
  class {
    chips: DecorationSet;

    constructor(view: EditorView) {
      this.chips = chipsIn(view);
    }

    update(update: ViewUpdate): void {
      const isOther =
        update.docChanged ||
        update.startState.facet(wordsOf) !== update.state.facet(wordsOf) ||
        update.startState.field(opened) !== update.state.field(opened);
      if (isOther) this.chips = chipsIn(update.view);
    }
  },
  {
    decorations: (value) => value.chips,
    provide: (value) => EditorView.atomicRanges.of((view) => view.plugin(value)?.chips ?? Decoration.none),
  },
);

export const chips: Extension = [opened, plugin];
