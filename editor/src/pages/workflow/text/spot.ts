/**
 * Where a cursor stands in a YAML text that may be unfinished: inside which maps and lists, with which names beside
 * it, and whether a name or a value is being written. Found by indentation, as people see it.
 *
 * Pure; knows the look of YAML, never a workflow. Inside a text of several lines there is no spot.
 */
import { flowSpot } from './spot-flow';

/** A map or list on the way from the root. */
export interface Level {
  /** The name that leads on; `undefined` when it is an item of a list. */
  readonly name: string | undefined;
  /** What else stands in the map, each with what stands behind its colon on the line. */
  readonly beside: ReadonlyMap<string, string>;
}

export interface Spot {
  readonly levels: readonly Level[];
  readonly kind: 'name' | 'value';
  /** What is written so far of the name or value, and where it begins. */
  readonly word: string;
  readonly from: number;
  /** For a name: the others in the same map. */
  readonly beside: ReadonlyMap<string, string>;
}

interface Token {
  readonly column: number;
  /** `undefined`: the dash of an item. */
  readonly name: string | undefined;
  readonly rest: string;
}

const NAME = /^("[^"]*"|'[^']*'|[^\s#:'"[\]{},&*!|>%@-][^#:]*?|[^\s#:'"[\]{},-][^#:]*?)\s*:(?:\s+|$)/;
const BLOCK = /^[|>][-+\d]*\s*(#.*)?$/;

export function spotAt(text: string, at: number): Spot | undefined {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const lines = text.split('\n');
  const number = text.slice(0, start).split('\n').length - 1;
  const before = text.slice(start, at);
  if (/(^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, ''))) return undefined;
  const tokens = tokensOf(before);
  const last = tokens.at(-1);
  const named = last?.name !== undefined;
  const rest = last ? last.rest : before.trimStart();
  const column = named || !last ? before.length - rest.length : last.column + 1 + gap(before, last.column);
  const limit = tokens[0]?.column ?? column;
  const isItem = tokens.length > 0 && tokens[0]?.name === undefined;
  const above = climb(lines, number, limit, isItem);
  if (!above) return undefined;
  const own = tokens.map((token): Level => ({ name: token.name, beside: besideOf(lines, number, token) }));
  const levels = [...above, ...own];
  const flow = /^[[{]/.test(rest) ? flowSpot(rest, start + before.length - rest.length) : undefined;
  if (flow === 'closed') return undefined;
  if (flow) return { ...flow, levels: [...levels, ...flow.levels] };
  const from = at - rest.length;
  if (named) return { levels, kind: 'value', word: rest, from, beside: new Map() };
  const beside = siblings(lines, number, column);
  // An item without a name so far may become a map or be a value: a name is more likely when others follow.
  return { levels, kind: 'name', word: rest, from, beside };
}

function gap(line: string, dash: number): number {
  return /^\s*/.exec(line.slice(dash + 1))?.[0].length ?? 1;
}

/** The dashes and the name at the beginning of a line. */
function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = [];
  let column = line.length - line.trimStart().length;
  for (;;) {
    const rest = line.slice(column);
    const dash = /^-(\s+|$)/.exec(rest);
    if (dash) {
      tokens.push({ column, name: undefined, rest: rest.slice(dash[0].length) });
      if (dash[1] === '') return tokens;
      column += dash[0].length;
      continue;
    }
    const name = NAME.exec(rest);
    if (name?.[1] !== undefined) {
      tokens.push({ column, name: name[1].replace(/^["']|["']$/g, ''), rest: rest.slice(name[0].length) });
    }
    return tokens;
  }
}

function isBlank(line: string): boolean {
  return /^\s*(#.*)?$/.test(line);
}

/** The maps and lists around, from the root; `undefined` inside a text of several lines. */
function climb(
  lines: readonly string[],
  number: number,
  column: number,
  isItem: boolean,
): readonly Level[] | undefined {
  const levels: Level[] = [];
  let limit = column;
  let item = isItem;
  for (let at = number - 1; at >= 0 && limit >= 0; at -= 1) {
    const line = lines[at] ?? '';
    if (isBlank(line)) continue;
    for (const token of tokensOf(line).toReversed()) {
      const isAround = token.column < limit || (item && token.column === limit && token.name !== undefined);
      if (!isAround) continue;
      if (token.name !== undefined && BLOCK.test(token.rest)) return undefined;
      // A value on the line of its name ends there: what follows belongs further out.
      if (token.name === undefined || token.rest === '' || /^#/.test(token.rest)) {
        levels.unshift({ name: token.name, beside: besideOf(lines, at, token) });
      }
      limit = token.column;
      item = token.name === undefined;
    }
    if (limit === 0 && !item) break;
  }
  return levels;
}

function besideOf(lines: readonly string[], number: number, token: Token): ReadonlyMap<string, string> {
  return token.name === undefined ? new Map() : siblings(lines, number, token.column, token.name);
}

/** The names of the map that has its names at a column around a line. */
function siblings(
  lines: readonly string[],
  number: number,
  column: number,
  except?: string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (at: number): boolean => {
    const line = lines[at] ?? '';
    if (isBlank(line)) return true;
    const tokens = tokensOf(line);
    for (const token of tokens) {
      if (token.column === column && token.name !== undefined && token.name !== except) {
        found.set(token.name, token.rest);
      }
    }
    const indent = line.length - line.trimStart().length;
    return indent >= column;
  };
  for (let at = number - 1; at >= 0 && isOpenAbove(lines, at + 1, number, column); at -= 1) {
    if (!visit(at)) break;
  }
  if (except !== undefined) visit(number);
  for (let at = number + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (!isBlank(line) && line.length - line.trimStart().length < column) break;
    visit(at);
  }
  return found;
}

/** Whether the map goes on above: the line below is not the dash that begins it. */
function isOpenAbove(lines: readonly string[], at: number, number: number, column: number): boolean {
  const line = lines[at] ?? '';
  if (isBlank(line) && at !== number) return true;
  return !tokensOf(line).some((token) => token.name === undefined && token.column < column);
}
