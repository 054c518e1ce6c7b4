/** @vitest-environment happy-dom */
/** Holds what is offered while somebody types, and what a chosen one writes. */
import { type Completion, CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { describe, expect, it } from 'vitest';
import { callablesOf } from './calls';
import { wordsOf } from './chips';
import { completers } from './complete';
import { language, type Mode } from './language';

const WORD = { expression: 'event.total', label: 'Evento · Total', maybe: false };
const TRUNCATE = {
  name: 'truncate',
  args: ['text', 'letters', 'end?'],
  doc: 'Termina en `…`.',
  example: 'truncate("hola", 3)',
  gives: '"ho…"',
};

interface Found {
  from: number;
  to: number;
  option: Completion;
}

/** A field with the cursor at `|`. */
function fieldOf(text: string, mode: Mode): EditorView {
  const at = text.indexOf('|');
  const doc = text.replace('|', '');
  const words = new Map([[WORD.expression, WORD]]);
  const extensions = [language(mode), wordsOf.of(words), callablesOf.of([TRUNCATE])];
  return new EditorView({ state: EditorState.create({ doc, selection: { anchor: at }, extensions }) });
}

async function offered({ state }: EditorView, mode: Mode): Promise<readonly Found[]> {
  const { head } = state.selection.main;
  const context = new CompletionContext(state, head, false);
  const all = await Promise.all(completers(mode).map((source) => source(context)));
  return all.flatMap((one) => one?.options.map((option) => ({ from: one.from, to: head, option })) ?? []);
}

async function names(text: string, mode: Mode = 'expression'): Promise<readonly string[]> {
  const found = await offered(fieldOf(text, mode), mode);
  return found.map(({ option }) => option.displayLabel ?? option.label);
}

/** The text after the function is chosen, with the cursor at `|` or what is selected in brackets. */
async function chosen(text: string): Promise<string> {
  const view = fieldOf(text, 'expression');
  const found = (await offered(view, 'expression')).find(({ option }) => option.label === 'truncate');
  if (!found) throw new Error('it is not offered');
  const { option, from, to } = found;
  if (typeof option.apply === 'function') option.apply(view, option, from, to);
  else view.dispatch({ changes: { from, to, insert: option.apply ?? option.label } });
  const written = view.state.doc.toString();
  const { from: start, to: end } = view.state.selection.main;
  const inside = start === end ? '|' : `[${written.slice(start, end)}]`;
  return written.slice(0, start) + inside + written.slice(end);
}

describe('completion', () => {
  it('offers variables and functions where the text is code', async () => {
    const both = ['event.total', 'truncate(text, letters, end?)'];
    expect(await names('1 + t|')).toEqual(both);
    expect(await names('let a = t|', 'script')).toEqual(both);
    expect(await names('Hola ${t|}', 'template')).toEqual(both);
  });

  it('offers nothing in texts, comments and words for people', async () => {
    expect(await names('"hola t|')).toEqual([]);
    expect(await names('// t|', 'script')).toEqual([]);
    expect(await names('Hola t|', 'template')).toEqual([]);
    expect(await names('Hola ${"t|"}', 'template')).toEqual([]);
  });

  it('offers whole expressions behind a dollar sign', async () => {
    expect(await names('Hola $|', 'template')).toEqual(['event.total']);
  });

  it('calls a function on what stands before a dot', async () => {
    expect(await names('event.name.t|')).toContain('truncate(letters, end?)');
    expect(await chosen('event.name.t|')).toBe('event.name.truncate([letters])');
  });

  it('writes what a function needs, to be typed over', async () => {
    expect(await chosen('1 + tr|')).toBe('1 + truncate([text], letters)');
    expect(await chosen('tr|("a", 1)')).toBe('truncate|("a", 1)');
  });

  it('tells what a function does, with an example', async () => {
    const [, found] = await offered(fieldOf('t|', 'expression'), 'expression');
    expect(found?.option.detail).toBe('Termina en ….');
    const { info } = found?.option ?? {};
    const node = typeof info === 'function' ? await info(found?.option as Completion) : undefined;
    expect((node as HTMLElement).innerHTML).toBe(
      '<p>Termina en <code>…</code>.</p><code class="op-example">truncate("hola", 3) → "ho…"</code>',
    );
  });
});
