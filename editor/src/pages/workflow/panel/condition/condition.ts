/**
 * Conditions as rows of field, comparison and value, joined by and or or: what the builder can show of the
 * expression language. What it does not recognise stays an expression.
 *
 * Pure: reads and writes sources, runs nothing.
 */

export const COMPARISONS = [
  'eq',
  'ne',
  'gt',
  'ge',
  'lt',
  'le',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
  'exists',
  'missing',
  'is_true',
  'is_false',
] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Those that need no value. */
export const ALONE: ReadonlySet<Comparison> = new Set(['exists', 'missing', 'is_true', 'is_false']);

/** What a field is compared with: a value as it is written, or another field. */
export type Operand =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly source: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'path'; readonly path: string };

export interface Rule {
  readonly path: string;
  readonly comparison: Comparison;
  readonly value?: Operand;
}

export interface Group {
  readonly join: 'and' | 'or';
  readonly items: readonly (Rule | Group)[];
}

export function isGroup(item: Rule | Group): item is Group {
  return 'items' in item;
}

const SIGNS: Partial<Record<Comparison, string>> = {
  eq: '==',
  ne: '!=',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
};
const METHODS: readonly Comparison[] = ['contains', 'starts_with', 'ends_with'];

/** How deep groups may lie in groups and still be shown. */
const DEPTH_MAX = 2;
const TOKEN =
  /\s*(?:(\(\s*\)|&&|\|\||==|!=|>=|<=|[><!(),])|("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|([A-Za-z_]\w*(?:\s*\??\.\s*[A-Za-z_]\w*|\[\s*"[^"\\]*"\s*\])*))/y;
const WORDS = new Set(['in', 'if', 'else', 'let', 'const', 'fn', 'return', 'for', 'while', 'loop', 'switch']);

interface Token {
  readonly kind: 'sign' | 'text' | 'number' | 'path';
  readonly source: string;
}

function tokensOf(source: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const end = source.trimEnd().length;
  const token = new RegExp(TOKEN);
  while (token.lastIndex < end) {
    const found = token.exec(source);
    if (!found) return undefined;
    const [, sign, text, number, path] = found;
    if (sign !== undefined) tokens.push({ kind: 'sign', source: sign.replaceAll(/\s/g, '') });
    else if (text !== undefined) tokens.push({ kind: 'text', source: text });
    else if (number !== undefined) tokens.push({ kind: 'number', source: number });
    else tokens.push({ kind: 'path', source: path ?? '' });
  }
  return tokens;
}

/** The condition a source writes; `undefined` when the builder cannot show all of it. */
export function readCondition(source: string): Group | undefined {
  const tokens = tokensOf(source);
  if (!tokens) return undefined;
  if (tokens.length === 0) return { join: 'and', items: [] };
  const reader = new Reader(tokens);
  const found = reader.either(0);
  if (found === undefined || !reader.isDone) return undefined;
  return isGroup(found) ? found : { join: 'and', items: [found] };
}

class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get isDone(): boolean {
    return this.at === this.tokens.length;
  }

  either(depth: number): Rule | Group | undefined {
    return this.joined('or', '||', depth, () => this.both(depth));
  }

  private both(depth: number): Rule | Group | undefined {
    return this.joined('and', '&&', depth, () => this.one(depth));
  }

  private joined(
    join: Group['join'],
    sign: string,
    depth: number,
    next: () => Rule | Group | undefined,
  ): Rule | Group | undefined {
    const items: (Rule | Group)[] = [];
    do {
      const item = next();
      if (item === undefined) return undefined;
      items.push(item);
    } while (this.take(sign));
    const [only] = items;
    if (items.length === 1) return only;
    return depthOf({ join, items }) + depth > DEPTH_MAX ? undefined : { join, items };
  }

  private one(depth: number): Rule | Group | undefined {
    if (this.take('(')) {
      const inner = this.either(depth);
      return inner !== undefined && this.take(')') ? inner : undefined;
    }
    const isNot = this.take('!');
    const path = this.path();
    if (path === undefined) return undefined;
    if (this.take('(')) return this.called(path, isNot);
    if (isNot) return { path, comparison: 'is_false' };
    const sign = this.peek()?.source ?? '';
    const comparison = COMPARISONS.find((one) => SIGNS[one] === sign);
    if (comparison === undefined) return { path, comparison: 'is_true' };
    this.at += 1;
    if (this.take('()')) {
      if (comparison !== 'eq' && comparison !== 'ne') return undefined;
      return { path, comparison: comparison === 'eq' ? 'missing' : 'exists' };
    }
    const value = this.operand();
    return value === undefined ? undefined : { path, comparison, value };
  }

  /** `event.name.contains("x")`: the last name is the question, and what is before it the field. */
  private called(path: string, isNot: boolean): Rule | undefined {
    const found = /^(.+)\.(\w+)$/.exec(path);
    const [, field = '', name = ''] = found ?? [];
    const method = METHODS.find((one) => one === name);
    if (!found || method === undefined || field.endsWith('?')) return undefined;
    const value = this.operand();
    if (value === undefined || !this.take(')')) return undefined;
    if (!isNot) return { path: field, comparison: method, value };
    return method === 'contains' ? { path: field, comparison: 'not_contains', value } : undefined;
  }

  private operand(): Operand | undefined {
    const token = this.tokens[this.at];
    if (token === undefined) return undefined;
    if (token.kind === 'number') {
      this.at += 1;
      return { kind: 'number', source: token.source };
    }
    if (token.kind === 'text') {
      this.at += 1;
      try {
        return { kind: 'text', text: JSON.parse(token.source) as string };
      } catch {
        return undefined;
      }
    }
    if (token.source === 'true' || token.source === 'false') {
      this.at += 1;
      return { kind: 'boolean', value: token.source === 'true' };
    }
    const path = this.path();
    return path === undefined ? undefined : { kind: 'path', path };
  }

  private path(): string | undefined {
    const token = this.tokens[this.at];
    if (token?.kind !== 'path' || WORDS.has(token.source) || /^(true|false)$/.test(token.source)) {
      return undefined;
    }
    this.at += 1;
    return token.source;
  }

  private peek(): Token | undefined {
    return this.tokens[this.at];
  }

  private take(sign: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'sign' || token.source !== sign) return false;
    this.at += 1;
    return true;
  }
}

function depthOf(item: Rule | Group): number {
  return isGroup(item) ? 1 + Math.max(0, ...item.items.map(depthOf)) : 0;
}

/** Whether a row says everything that is needed to write it. */
export function isWhole(rule: Rule): boolean {
  if (rule.path === '') return false;
  if (ALONE.has(rule.comparison)) return true;
  if (rule.value === undefined) return false;
  return rule.value.kind !== 'number' || /^-?\d+(\.\d+)?$/.test(rule.value.source);
}

/** The source of a condition; rows that are not whole are left out. */
export function writeCondition(group: Group): string {
  return written(group, false);
}

function written(item: Rule | Group, isInner: boolean): string {
  if (!isGroup(item)) return isWhole(item) ? writtenRule(item) : '';
  const parts = item.items.map((one) => written(one, true)).filter((part) => part !== '');
  const text = parts.join(item.join === 'and' ? ' && ' : ' || ');
  return isInner && parts.length > 1 ? `(${text})` : text;
}

function writtenRule({ path, comparison, value }: Rule): string {
  switch (comparison) {
    case 'exists':
      return `${path} != ()`;
    case 'missing':
      return `${path} == ()`;
    case 'is_true':
      return path;
    case 'is_false':
      return `!${path}`;
    case 'not_contains':
      return `!${path}.contains(${writtenOperand(value)})`;
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return `${path}.${comparison}(${writtenOperand(value)})`;
    default:
      return `${path} ${SIGNS[comparison]} ${writtenOperand(value)}`;
  }
}

function writtenOperand(value: Operand | undefined): string {
  switch (value?.kind) {
    case 'text':
      return JSON.stringify(value.text);
    case 'number':
      return value.source;
    case 'boolean':
      return String(value.value);
    case 'path':
      return value.path;
    case undefined:
      return '""';
  }
}
