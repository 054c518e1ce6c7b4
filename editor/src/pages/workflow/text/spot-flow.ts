/** Where a cursor stands inside `{ a: 1, b` or `[x, y`. Pure; knows the look of YAML's one-line maps and lists. */
import type { Level, Spot } from './spot';

interface Open {
  readonly map: boolean;
  readonly beside: Map<string, string>;
  name: string | undefined;
}

/** `rest` begins with the bracket and ends at the cursor; `closed` when nothing is open there. */
export function flowSpot(rest: string, offset: number): Spot | 'closed' {
  const opens: Open[] = [];
  let begin = 0;
  let quote: string | undefined;
  const settle = (end: number): void => {
    const open = opens.at(-1);
    if (open?.map && open.name !== undefined) open.beside.set(open.name, rest.slice(begin, end).trim());
    if (open) open.name = undefined;
  };
  for (let at = 0; at < rest.length; at += 1) {
    const c = rest[at] ?? '';
    const open = opens.at(-1);
    if (quote !== undefined) {
      if (c === quote) quote = undefined;
    } else if ((c === '"' || c === "'") && rest.slice(begin, at).trim() === '') quote = c;
    else if (c === '{' || c === '[') {
      // `${` inside an unquoted text opens nothing.
      if (c === '{' && rest[at - 1] === '$') continue;
      opens.push({ map: c === '{', beside: new Map(), name: undefined });
      begin = at + 1;
    } else if (c === '}' || c === ']') {
      settle(at);
      opens.pop();
      begin = at + 1;
    } else if (c === ',') {
      settle(at);
      begin = at + 1;
    } else if (c === ':' && open?.map && open.name === undefined && /\s|$/.test(rest[at + 1] ?? '')) {
      open.name = rest
        .slice(begin, at)
        .trim()
        .replace(/^["']|["']$/g, '');
      begin = at + 1;
    }
  }
  const open = opens.at(-1);
  if (!open) return 'closed';
  const written = rest.slice(begin);
  const word = written.trimStart();
  const from = offset + begin + written.length - word.length;
  // Whatever is around the innermost bracket has named what leads there; a list has not.
  const levels = opens
    .slice(0, -1)
    .map((each): Level => ({ name: each.map ? each.name : undefined, beside: each.beside }));
  if (open.map && open.name === undefined) {
    return { levels, kind: 'name', word, from, beside: open.beside };
  }
  const own: Level = { name: open.map ? open.name : undefined, beside: open.beside };
  return { levels: [...levels, own], kind: 'value', word, from, beside: new Map() };
}
