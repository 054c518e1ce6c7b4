/**
 * Completion while somebody types: variables and functions, where the text is code.
 *
 * Knows the words it is given; never where they come from.
 */
import type {
  Completion,
  CompletionContext,
  CompletionResult,
  CompletionSource,
} from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import { calls } from './calls';
import { wordsOf } from './chips';
import type { Mode } from './language';
import { openAt, type Word } from './words';

export function completers(mode: Mode): readonly CompletionSource[] {
  const inCode = (context: CompletionContext) => isCode(context, mode);
  return [
    (context) => (inCode(context) ? variables(context) : mode === 'template' ? fresh(context) : null),
    (context) => (inCode(context) ? calls(context) : null),
  ];
}

/** Whether the cursor is in an expression, and there in no text and no comment. */
function isCode({ state, pos }: CompletionContext, mode: Mode): boolean {
  if (mode === 'template' && openAt(state.doc.toString(), pos) === undefined) return false;
  return !/string|comment/i.test(syntaxTree(state).resolveInner(pos, -1).name);
}

/** Behind a dollar sign in a text: the whole expression. */
function fresh(context: CompletionContext): CompletionResult | null {
  const sign = context.matchBefore(/[$]/);
  const words = [...context.state.facet(wordsOf).values()];
  return (
    sign && {
      from: sign.from,
      options: words.map((word) => option(word, `\${${word.expression}}`)),
      filter: false,
    }
  );
}

function variables(context: CompletionContext): CompletionResult | null {
  const typed = context.matchBefore(/[A-Za-z_][\w.]*/);
  if (!typed && !context.explicit) return null;
  const words = [...context.state.facet(wordsOf).values()];
  return {
    from: typed?.from ?? context.pos,
    options: words.map((word) => option(word, word.expression)),
    validFor: /^[\w.]*$/,
  };
}

function option(word: Word, apply: string): Completion {
  return {
    label: word.expression,
    detail: word.label,
    apply,
    ...(word.value === undefined ? {} : { info: word.value }),
  };
}
