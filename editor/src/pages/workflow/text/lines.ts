/**
 * The changes that make one text into another, by whole lines, so that a cursor in a line that stays is not moved.
 *
 * Pure; knows no editor and no notation.
 */
export interface Change {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** In order, as offsets in the text before. */
export function changesBetween(before: string, after: string): readonly Change[] {
  if (before === after) return [];
  const old = withEnds(before);
  const now = withEnds(after);
  const starts = [0];
  for (const line of old) starts.push((starts.at(-1) ?? 0) + line.length);
  const found: Change[] = [];
  const put = (from: number, to: number, start: number, end: number): void => {
    if (from === to && start === end) return;
    found.push({ from: starts[from] ?? 0, to: starts[to] ?? 0, insert: now.slice(start, end).join('') });
  };
  walk(old, now, { from: 0, to: old.length, start: 0, end: now.length }, put);
  return found;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

/** Lines with their line breaks. */
function withEnds(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** What both begin and end with stays; between, lines that both hold once divide the rest. */
function walk(
  old: readonly string[],
  now: readonly string[],
  span: Span,
  put: (from: number, to: number, start: number, end: number) => void,
): void {
  let { from, to, start, end } = span;
  while (from < to && start < end && old[from] === now[start]) {
    from += 1;
    start += 1;
  }
  while (from < to && start < end && old[to - 1] === now[end - 1]) {
    to -= 1;
    end -= 1;
  }
  const anchors = from < to && start < end ? anchorsIn(old, now, { from, to, start, end }) : [];
  if (anchors.length === 0) {
    put(from, to, start, end);
    return;
  }
  for (const [at, there] of anchors) {
    walk(old, now, { from, to: at, start, end: there }, put);
    from = at + 1;
    start = there + 1;
  }
  walk(old, now, { from, to, start, end }, put);
}

/** Pairs of places of lines that stand once on both sides and keep their order. */
function anchorsIn(
  old: readonly string[],
  now: readonly string[],
  { from, to, start, end }: Span,
): ReadonlyArray<readonly [number, number]> {
  const here = once(old, from, to);
  const there = once(now, start, end);
  const pairs = [...here].flatMap(([line, at]): [number, number][] => {
    const other = there.get(line);
    return other === undefined ? [] : [[at, other]];
  });
  return rising(pairs);
}

function once(lines: readonly string[], from: number, to: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  for (let at = from; at < to; at += 1) {
    const line = lines[at] ?? '';
    if (found.has(line)) twice.add(line);
    else found.set(line, at);
  }
  for (const line of twice) found.delete(line);
  return found;
}

/** The longest run of pairs, sorted by their first, whose second rises, too. */
function rising(pairs: readonly [number, number][]): readonly [number, number][] {
  const tails: { readonly pair: [number, number]; readonly before: number | undefined }[] = [];
  const ends: number[] = [];
  for (const pair of pairs) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[ends[middle] ?? 0]?.pair[1] ?? 0) < pair[1]) low = middle + 1;
      else high = middle;
    }
    tails.push({ pair, before: low > 0 ? ends[low - 1] : undefined });
    ends[low] = tails.length - 1;
  }
  const run: [number, number][] = [];
  for (let at = ends.at(-1); at !== undefined; at = tails[at]?.before) {
    const found = tails[at];
    if (found) run.unshift(found.pair);
  }
  return run;
}
