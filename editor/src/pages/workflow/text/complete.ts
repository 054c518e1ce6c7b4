/** Completion and help of a text from what a schema allows. Knows CodeMirror; never a step. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { type EditorView, hoverTooltip } from '@codemirror/view';
import type { Texts } from '@/api/catalog';
import { localText } from '@/i18n/local';
import { field, isArray, isObject, type Json, type Variable } from '@/model';
import { nameAt, pointerAt } from './expressions';
import { type Help, helpAt, type Offer, offersAt } from './offers';
import { type Spot, spotAt } from './spot';

export interface Knowledge {
  /** Nothing until it has come. */
  readonly schema: Json | undefined;
  readonly lang: keyof Texts;
  /** What expressions may use at a JSON pointer of the document. */
  scopeAt(pointer: string): readonly Variable[];
  /** The ids that a step may jump to. */
  steps(): readonly string[];
  /** A better title of a value than the schema's, which is English. */
  titleOf(value: string): string | undefined;
}

const INDENT = '  ';

export function completion(know: () => Knowledge): Extension {
  const source = (context: CompletionContext): CompletionResult | null => {
    const { schema, lang, titleOf } = know();
    if (schema === undefined) return null;
    const text = context.state.doc.toString();
    const spot = spotAt(text, context.pos);
    if (!spot || (spot.word === '' && !context.explicit && !isFreshLine(context))) return null;
    const offers = offersAt(schema, spot, lang);
    if (offers.length === 0) return null;
    const indent = lineIndent(context, spot);
    return {
      from: spot.from,
      options: offers.map((offer) => option(offer, spot, indent, titleOf(offer.text))),
      validFor: /^[\w.]*$/,
    };
  };
  return autocompletion({ override: [variables(know), source], icons: false, activateOnTypingDelay: 150 });
}

/** The names an expression may use where it is written, and the steps a jump may lead to. */
function variables(know: () => Knowledge) {
  return (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString();
    const jump = context.matchBefore(/\bgoto:\s+\w*/);
    if (jump) {
      const from = jump.from + jump.text.search(/\w*$/);
      return {
        from,
        options: know()
          .steps()
          .map((label) => ({ label })),
      };
    }
    const name = nameAt(text, context.pos);
    if (!name || (name.word === '' && !context.explicit && !/\{\s*$/.test(text.slice(0, context.pos)))) {
      return null;
    }
    const { lang, scopeAt } = know();
    const options = scopeAt(pointerAt(text, context.pos)).map(
      ({ expression, schema, sample }): Completion => ({
        label: expression,
        detail: localText(field(schema, 'x-titles'), lang) ?? '',
        ...(sample !== undefined && !isObject(sample) && !isArray(sample) && { info: String(sample) }),
      }),
    );
    return { from: name.from, options, validFor: /^[\w.]*$/ };
  };
}

/** A line with nothing but room before the cursor: what could stand here is offered without asking. */
function isFreshLine(context: CompletionContext): boolean {
  const line = context.state.doc.lineAt(context.pos);
  return /^\s+(- )?$/.test(line.text.slice(0, context.pos - line.from));
}

function lineIndent(context: CompletionContext, spot: Spot): string {
  const line = context.state.doc.lineAt(spot.from);
  return ' '.repeat(spot.from - line.from);
}

function option(offer: Offer, spot: Spot, indent: string, better: string | undefined): Completion {
  const title = better ?? (offer.title === offer.text ? undefined : offer.title);
  const isName = spot.kind === 'name' && offer.holds !== undefined;
  return {
    label: offer.text,
    ...(title !== undefined && { detail: title }),
    ...(offer.help && { info: () => helpView(offer.help) }),
    boost: offer.required ? 10 : 0,
    apply: isName ? (view, _, from, to) => putName(view, offer, indent, from, to) : offer.text,
  };
}

/** The name with its colon, and the room for what it holds. */
function putName(view: EditorView, offer: Offer, indent: string, from: number, to: number): void {
  const after = view.state.sliceDoc(to, to + 1);
  const tail =
    after === ':'
      ? ''
      : offer.holds === 'map'
        ? `:\n${indent}${INDENT}`
        : offer.holds === 'list'
          ? `:\n${indent}${INDENT}- `
          : ': ';
  const insert = offer.text + tail;
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: from + insert.length },
    userEvent: 'input.complete',
  });
}

export function help(know: () => Knowledge): Extension {
  return hoverTooltip((view, pos) => {
    const { schema, lang } = know();
    const line = view.state.doc.lineAt(pos);
    const name = /^(\s*(?:- )*)([\w"']+):/.exec(line.text);
    const [, lead = '', word = ''] = name ?? [];
    const from = line.from + lead.length;
    const to = from + word.length;
    if (schema === undefined || pos < from || pos > to) return null;
    const text = view.state.doc.toString();
    const spot = spotAt(`${text.slice(0, to)}: `, to + 2);
    const found = spot && helpAt(schema, spot.levels, word.replace(/["']/g, ''), lang);
    return found ? { pos: from, end: to, create: () => ({ dom: helpView(found) }) } : null;
  });
}

function helpView(help: Help | undefined): HTMLElement {
  const view = document.createElement('div');
  view.className = 'cm-help';
  view.lang = help?.lang ?? 'en';
  // Backticks mark code, as in the catalogue's other texts.
  for (const [index, part] of (help?.text ?? '').split('`').entries()) {
    const piece = document.createElement(index % 2 === 1 ? 'code' : 'span');
    piece.textContent = part;
    view.append(piece);
  }
  return view;
}
