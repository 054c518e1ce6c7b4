/**
 * The expression language for CodeMirror: colours for sources, and for texts with `${ expression }` in them.
 *
 * Runs nothing and knows no variable.
 */
import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';

export type Mode = 'template' | 'expression' | 'script' | 'code' | 'json';

interface State {
  /** Open braces since the expression began; 0 outside of one. */
  depth: number;
  comment: boolean;
}

const KEYWORDS =
  /^(let|const|if|else|for|in|while|loop|do|until|break|continue|return|throw|try|catch|switch|fn|private)\b/;
const ATOMS = /^(true|false|this)\b/;

function code(stream: StringStream, state: State): string | null {
  if (state.comment) {
    if (stream.match(/^.*?\*\//)) state.comment = false;
    else stream.skipToEnd();
    return 'comment';
  }
  if (stream.eatSpace()) return null;
  if (stream.match('//')) {
    stream.skipToEnd();
    return 'comment';
  }
  if (stream.match('/*')) {
    state.comment = true;
    return 'comment';
  }
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^`[^`]*`?/) || stream.match(/^'(?:[^'\\]|\\.)'?/))
    return 'string';
  if (stream.match(/^\d+(\.\d+)?/)) return 'number';
  if (stream.match(KEYWORDS)) return 'keyword';
  if (stream.match(ATOMS)) return 'atom';
  if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return 'function';
  if (stream.match(/^[A-Za-z_]\w*/)) return 'variable';
  if (stream.match(/^[=!<>&|+\-*/%?:.]+/)) return 'operator';
  stream.next();
  return null;
}

function template(stream: StringStream, state: State): string | null {
  if (state.depth === 0) {
    if (stream.match('$${')) return null;
    if (stream.match('${')) {
      state.depth = 1;
      return 'brace';
    }
    stream.next();
    while (!stream.eol() && stream.peek() !== '$') stream.next();
    return null;
  }
  if (stream.peek() === '}') {
    stream.next();
    state.depth -= 1;
    return state.depth === 0 ? 'brace' : null;
  }
  if (stream.peek() === '{') state.depth += 1;
  return code(stream, state);
}

const TOKENS = { function: tags.function(tags.variableName), brace: tags.brace };

const LANGUAGES: Record<Mode, StreamLanguage<State>> = (() => {
  const define = (token: (stream: StringStream, state: State) => string | null) =>
    StreamLanguage.define<State>({
      startState: () => ({ depth: 0, comment: false }),
      token,
      tokenTable: TOKENS,
      languageData: { closeBrackets: { brackets: ['(', '[', '{', '"'] }, commentTokens: { line: '//' } },
    });
  const expression = define(code);
  // JSON reads like an expression without names.
  return { template: define(template), expression, script: expression, code: expression, json: expression };
})();

const COLOURS = HighlightStyle.define([
  { tag: tags.string, color: 'var(--op-good)' },
  { tag: [tags.number, tags.atom, tags.bool], color: 'var(--op-wait)' },
  { tag: tags.keyword, color: 'var(--op-info)', fontWeight: '550' },
  { tag: tags.function(tags.variableName), color: 'var(--op-info)' },
  { tag: tags.variableName, color: 'var(--op-brand)' },
  { tag: [tags.operator, tags.comment, tags.brace], color: 'var(--op-ink-soft)' },
]);

export function language(mode: Mode): Extension {
  return [LANGUAGES[mode], syntaxHighlighting(COLOURS)];
}
