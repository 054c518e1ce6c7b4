/** Completion of functions: their arguments, what they do, and an example. Knows the list it is given; no function by name. */
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippet,
} from '@codemirror/autocomplete';
import { Facet } from '@codemirror/state';
import { marked } from './marked';

/** A function as its reader sees it. */
export interface Callable {
  readonly name: string;
  /** In order; `?` at the end marks what may be left out. */
  readonly args: readonly string[];
  /** What it does, a sentence with code in backticks. */
  readonly doc: string;
  /** A call that works as it stands. */
  readonly example: string;
  /** What the example gives, as JSON. */
  readonly gives: string;
}

export const callablesOf = Facet.define<readonly Callable[], readonly Callable[]>({
  combine: (all) => all[0] ?? [],
});

/** Among equals a variable comes first. */
const BOOST = -50;

export function calls(context: CompletionContext): CompletionResult | null {
  const typed = context.matchBefore(/[A-Za-z_]\w*/);
  if (!typed && !context.explicit) return null;
  const from = typed?.from ?? context.pos;
  const isMethod = context.state.sliceDoc(from - 1, from) === '.';
  const isCalled = context.state.sliceDoc(context.pos, context.pos + 1) === '(';
  const all = context.state.facet(callablesOf);
  return {
    from,
    options: all.map((one) => option(one, isMethod ? one.args.slice(1) : one.args, isCalled)),
    validFor: /^\w*$/,
    // What is shown begins with what is matched.
    getMatch: (_, matched = []) => matched,
  };
}

/** `taken` are the arguments that stand in the brackets. */
function option(one: Callable, taken: readonly string[], isCalled: boolean): Completion {
  const { name, doc, example, gives } = one;
  const needed = taken.filter((arg) => !arg.endsWith('?'));
  return {
    label: name,
    displayLabel: `${name}(${taken.join(', ')})`,
    detail: doc.replaceAll('`', ''),
    type: 'function',
    boost: BOOST,
    apply: isCalled ? name : snippet(`${name}(${needed.map((arg) => `\${${arg}}`).join(', ')})`),
    info: () => {
      const about = document.createElement('div');
      const shown = document.createElement('code');
      shown.className = 'op-example';
      shown.textContent = `${example} → ${gives}`;
      about.append(marked(doc), shown);
      return about;
    },
  };
}
