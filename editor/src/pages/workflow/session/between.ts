/**
 * The patches that make one document into another: as few and as small as is easily seen, so that
 * comments in the text survive a merge.
 *
 * Pure; knows JSON and patches, never a workflow.
 */
import { equal, isArray, isObject, type Json, join, type Patch } from '@/model';

export function patchesBetween(from: Json, to: Json, path = ''): readonly Patch[] {
  if (equal(from, to)) return [];
  if (isObject(from) && isObject(to)) {
    const gone = Object.keys(from).filter((name) => !Object.hasOwn(to, name));
    return [
      ...gone.map((name): Patch => ({ op: 'remove', path: join(path, name) })),
      ...Object.entries(to).flatMap(([name, value], at, all): readonly Patch[] => {
        const old = Object.hasOwn(from, name) ? from[name] : undefined;
        if (old !== undefined) return patchesBetween(old, value, join(path, name));
        // A new field comes before the next one that was there already.
        const next = all.slice(at + 1).find(([later]) => Object.hasOwn(from, later));
        return [{ op: 'add', path: join(path, name), value, before: next?.[0] ?? null }];
      }),
    ];
  }
  if (isArray(from) && isArray(to)) return between(from, to, path);
  return [{ op: 'replace', path, value: to }];
}

/** What both lists begin and end with stays; the rest in the middle is changed, taken out or put in. */
function between(from: readonly Json[], to: readonly Json[], path: string): readonly Patch[] {
  let head = 0;
  while (head < from.length && head < to.length && equal(from[head], to[head])) head += 1;
  let tail = 0;
  const room = Math.min(from.length, to.length) - head;
  while (tail < room && equal(from[from.length - 1 - tail], to[to.length - 1 - tail])) tail += 1;
  const before = from.slice(head, from.length - tail);
  const after = to.slice(head, to.length - tail);
  const patches: Patch[] = [];
  const shared = Math.min(before.length, after.length);
  for (let at = 0; at < shared; at += 1) {
    patches.push(...patchesBetween(before[at] ?? null, after[at] ?? null, join(path, head + at)));
  }
  for (let at = before.length - 1; at >= shared; at -= 1) {
    patches.push({ op: 'remove', path: join(path, head + at) });
  }
  for (let at = shared; at < after.length; at += 1) {
    patches.push({ op: 'add', path: join(path, head + at), value: after[at] ?? null });
  }
  return patches;
}
