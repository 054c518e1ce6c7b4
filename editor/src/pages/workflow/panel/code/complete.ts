/** Completion of variables while somebody types. Knows the words it is given; never where they come from. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { wordsOf } from './chips';
import type { Mode } from './language';
import { openAt, type Word } from './words';

export function completer(mode: Mode): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const text = context.state.doc.toString();
    const words = [...context.state.facet(wordsOf).values()];
    if (mode === 'template' && openAt(text, context.pos) === undefined) {
      const sign = context.matchBefore(/[$]/);
      return (
        sign && {
          from: sign.from,
          options: words.map((word) => option(word, `\${${word.expression}}`)),
          filter: false,
        }
      );
    }
    const typed = context.matchBefore(/[A-Za-z_][\w.]*/);
    if (!typed && !context.explicit) return null;
    return {
      from: typed?.from ?? context.pos,
      options: words.map((word) => option(word, word.expression)),
      validFor: /^[\w.]*$/,
    };
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
