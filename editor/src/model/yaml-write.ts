/**
 * Values into canonical YAML: letter for letter what `dsl/src/text/render.rs` writes, so a text does
 * not change when it goes through the server.
 *
 * Knows nothing of workflows.
 */

import { isArray, isObject, type Json, type JsonObject } from './json';

const INDENT = 2;

/** A value as a YAML text in block style. */
export function writeYaml(value: Json): string {
  const lines: string[] = [];
  if (isArray(value) && value.length > 0) list(lines, value, 0, '');
  else if (isObject(value) && Object.keys(value).length > 0) map(lines, value, 0, '');
  else lines.push(scalar(value));
  return `${lines.join('\n')}\n`;
}

/** `lead` is what already stands on the first line, such as `- `. */
function list(lines: string[], items: readonly Json[], indent: number, lead: string): void {
  for (const [at, item] of items.entries()) {
    value(lines, item, indent, `${at === 0 && lead !== '' ? lead : ' '.repeat(indent)}-`, true);
  }
}

function map(lines: string[], object: JsonObject, indent: number, lead: string): void {
  for (const [at, [name, item]] of Object.entries(object).entries()) {
    value(lines, item, indent, `${at === 0 && lead !== '' ? lead : ' '.repeat(indent)}${text(name)}:`, false);
  }
}

/** What follows `key:` or `-`. */
function value(lines: string[], item: Json, indent: number, head: string, inList: boolean): void {
  const inner = indent + INDENT;
  if (isArray(item) && item.length > 0) {
    if (inList) list(lines, item, inner, `${head} `);
    else {
      lines.push(head);
      list(lines, item, inner, '');
    }
  } else if (isObject(item) && Object.keys(item).length > 0) {
    if (inList) map(lines, item, inner, `${head} `);
    else {
      lines.push(head);
      map(lines, item, inner, '');
    }
  } else if (typeof item === 'string' && isLiteral(item)) {
    const isClosed = item.endsWith('\n');
    lines.push(`${head} ${isClosed ? '|' : '|-'}`);
    for (const line of (isClosed ? item.slice(0, -1) : item).split('\n')) {
      lines.push(line === '' ? '' : ' '.repeat(inner) + line);
    }
  } else lines.push(`${head} ${scalar(item)}`);
}

function scalar(item: Json): string {
  if (isArray(item)) return '[]';
  if (isObject(item)) return '{}';
  return typeof item === 'string' ? text(item) : String(item);
}

/** A text on one line, in quotes when it needs them. */
function text(item: string): string {
  return isSafePlain(item) ? item : doubleQuoted(item);
}

const UNUSUAL = /[\u2028\u2029\ufeff\ufffe\uffff\u00a0]/u;
const CONTROL = /\p{Cc}/u;
/** Half of a pair, which no file can hold. */
const LONE = /\p{Cs}/u;
const WORDS = new Set([
  'null',
  'true',
  'false',
  'yes',
  'no',
  'on',
  'off',
  'y',
  'n',
  '~',
  '.inf',
  '.nan',
  '.',
  '..',
  '...',
]);

/** Whether every YAML reader, of version 1.1 too, takes the unquoted text for this very text. */
function isSafePlain(item: string): boolean {
  if (!/^[\p{Alphabetic}_/.]/u.test(item)) return false;
  if (/[ :]$/.test(item) || item.includes(': ') || item.includes(' #')) return false;
  if (CONTROL.test(item) || UNUSUAL.test(item) || LONE.test(item)) return false;
  return !WORDS.has(item.toLowerCase()) && !item.startsWith('...') && !/^\.\d/.test(item);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function doubleQuoted(item: string): string {
  let out = '"';
  for (const c of item) {
    const escaped = ESCAPES[c];
    if (escaped !== undefined) out += escaped;
    else if (CONTROL.test(c) || UNUSUAL.test(c) || LONE.test(c))
      out += `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
    else out += c;
  }
  return `${out}"`;
}

/** Whether a text can stand as the lines of a `|` block. */
function isLiteral(item: string): boolean {
  const body = item.endsWith('\n') ? item.slice(0, -1) : item;
  if (!body.includes('\n') || /^[ \n\t]/.test(body) || body.endsWith('\n')) return false;
  if (body.split('\n').some((line) => /[ \t]$/.test(line))) return false;
  return !CONTROL.test(body.replaceAll('\n', '')) && !UNUSUAL.test(body) && !LONE.test(body);
}
