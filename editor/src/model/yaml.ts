/**
 * Text into a document and back, in YAML or JSON, by the rules of `dsl/src/text`: no anchors, aliases
 * or tags, and of unquoted words only `null`, `true`, `false` and JSON numbers are more than text.
 *
 * The server's reader decides; this one is for what is shown before it answers, and for the clipboard.
 * It keeps no comments: the server edits the stored text, and a text somebody typed is sent whole.
 */

import { type CollectionTag, LineCounter, parseDocument, type ScalarTag, visit } from 'yaml';
import { fail, isArray, isObject, type Json, ok, type Result } from './json';
import { writeYaml } from './yaml-write';

/** The most bytes a text may have. */
export const TEXT_BYTES_MAX = 1024 * 1024;
/** The most levels of lists and maps inside each other. */
export const TEXT_DEPTH_MAX = 64;

/** Why a text could not be read. Line and column count from 1. */
export interface TextError {
  readonly code: 'syntax' | 'too_large' | 'too_deep' | 'not_allowed';
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

const nothing: ScalarTag = {
  tag: 'tag:yaml.org,2002:null',
  default: true,
  test: /^(?:~|[Nn]ull|NULL)?$/,
  resolve: () => null,
};
const flag: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/,
  resolve: (source) => source.toLowerCase() === 'true',
};
/** A number as JSON writes it; `007` and `+54` are texts. */
const number: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/,
  resolve: (source) => (Number.isFinite(Number(source)) ? Number(source) : source),
};
const TAGS: (ScalarTag | CollectionTag)[] = [nothing, flag, number];

/** Reads a YAML or JSON text. */
export function readText(source: string): Result<Json, readonly TextError[]> {
  if (new TextEncoder().encode(source).length > TEXT_BYTES_MAX)
    return failed('too_large', 'the text is too large');
  try {
    return readAll(source.replace(/^\ufeff/, ''));
  } catch {
    // The parser recurses: only a text of absurd depth makes it give up.
    return failed('too_deep', 'lists and maps lie too deep inside each other');
  }
}

function readAll(source: string): Result<Json, readonly TextError[]> {
  const lines = new LineCounter();
  const read = parseDocument(source, {
    version: '1.2',
    schema: 'failsafe',
    customTags: TAGS,
    uniqueKeys: true,
    merge: false,
    stringKeys: true,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const errors: TextError[] = read.errors.map((error) => ({
    code: 'syntax',
    message: error.message,
    ...place(error.pos[0]),
  }));
  const refuse = (message: string, range: readonly number[] | null | undefined): void => {
    errors.push({ code: 'not_allowed', message, ...place(range?.[0] ?? 0) });
  };
  visit(read, {
    Alias: (_, node) => refuse('aliases are not allowed', node.range),
    Node: (_, node) => {
      if ('anchor' in node && node.anchor !== undefined) refuse('anchors are not allowed', node.range);
      if (node.tag !== undefined && !isOwnTag(node.tag)) refuse('tags are not allowed', node.range);
    },
  });
  if (errors.length > 0) return fail(errors);
  const value = read.toJS({ maxAliasCount: 0 }) as Json | undefined;
  if (depthOf(value ?? null) > TEXT_DEPTH_MAX)
    return failed('too_deep', 'lists and maps lie too deep inside each other');
  return ok(value ?? null);
}

/** The tags the reader itself gives to plain scalars. */
function isOwnTag(tag: string): boolean {
  return TAGS.some((own) => own.tag === tag);
}

function failed(
  code: TextError['code'],
  message: string,
): { readonly ok: false; readonly error: readonly TextError[] } {
  return fail([{ code, message, line: 1, column: 1 }]);
}

function depthOf(value: Json): number {
  if (isArray(value)) return 1 + value.reduce<number>((most, item) => Math.max(most, depthOf(item)), 0);
  if (isObject(value))
    return 1 + Object.values(value).reduce<number>((most, item) => Math.max(most, depthOf(item)), 0);
  return 0;
}

/** A document as canonical YAML. */
export function writeText(value: Json): string {
  return writeYaml(value);
}
