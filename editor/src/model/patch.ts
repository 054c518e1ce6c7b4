/**
 * Patches: the only way a document changes. Their shape is RFC 6902, applied by one pure function
 * that also gives the exact way back.
 *
 * Knows nothing of workflows. What a patch does not touch stays the same object, so whoever caches by
 * identity (layout, React) sees what changed.
 */

import {
  fail,
  fieldAfter,
  isArray,
  isObject,
  type Json,
  type JsonArray,
  ok,
  type Result,
  withField,
  withoutField,
} from './json';
import { child, isWithin, join, parted, position, split } from './pointer';

/**
 * One change. `before` is the field a new field comes before, `null` the end: RFC 6902 lets readers
 * ignore members they do not know, and a reader that does gets the same data in another order.
 * `move` within one map onto its own name with `before` reorders it.
 */
export type Patch =
  | { readonly op: 'add'; readonly path: string; readonly value: Json; readonly before?: string | null }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'move'; readonly from: string; readonly path: string; readonly before?: string | null };

export interface Applied<D extends Json = Json> {
  readonly document: D;
  /** Applied to the result, these give the document back, the order of its fields included. */
  readonly inverse: readonly Patch[];
}

export interface PatchError {
  /** `no_such_place`: the document has no such spot; `into_itself`: a value moved inside itself. */
  readonly code: 'no_such_place' | 'into_itself';
  readonly path: string;
}

/** Applies all patches or none; each path is meant in the document the ones before it left. */
export function apply<D extends Json>(
  document: D,
  patches: readonly Patch[],
): Result<Applied<D>, PatchError> {
  let current: Json = document;
  const inverse: Patch[][] = [];
  for (const patch of patches) {
    const done = one(current, patch);
    if (!done.ok) return done;
    current = done.value.document;
    inverse.push([...done.value.inverse]);
  }
  // A patch may replace the whole document, whose shape nobody promises; the reader is tolerant.
  return ok({ document: current as D, inverse: inverse.reverse().flat() });
}

type Step = Result<Applied, PatchError>;

function one(document: Json, patch: Patch): Step {
  switch (patch.op) {
    case 'add':
      return add(document, patch.path, patch.value, patch.before);
    case 'remove':
      return remove(document, patch.path);
    case 'replace':
      return replace(document, patch.path, patch.value);
    case 'move':
      return move(document, patch.from, patch.path, patch.before);
  }
}

/** Changes the collection around a spot; `undefined` when there is no such collection. */
function change(
  value: Json,
  names: readonly string[],
  at: number,
  edit: (around: Json, name: string) => Json | undefined,
): Json | undefined {
  const name = names[at];
  if (name === undefined) return undefined;
  if (at === names.length - 1) return edit(value, name);
  const inner = child(value, name);
  if (inner === undefined) return undefined;
  const changed = change(inner, names, at + 1, edit);
  if (changed === undefined) return undefined;
  if (isArray(value)) return value.with(Number(name), changed);
  return isObject(value) ? withField(value, name, changed) : undefined;
}

function changed(
  document: Json,
  path: string,
  edit: (around: Json, name: string) => Json | undefined,
): Result<Json, PatchError> {
  const names = split(path);
  const result = names && change(document, names, 0, edit);
  return result === undefined ? missing(path) : ok(result);
}

function missing(path: string): { readonly ok: false; readonly error: PatchError } {
  return fail({ code: 'no_such_place', path });
}

function add(document: Json, path: string, value: Json, before?: string | null): Step {
  if (path === '') return replace(document, path, value);
  let back: Patch = { op: 'remove', path };
  const result = changed(document, path, (around, name) => {
    if (isArray(around)) {
      const at = name === '-' ? around.length : position(name);
      if (at === undefined || at > around.length) return undefined;
      if (name === '-') back = { op: 'remove', path: `${path.slice(0, -1)}${at}` };
      return around.toSpliced(at, 0, value);
    }
    if (!isObject(around)) return undefined;
    const old = child(around, name);
    if (old !== undefined) {
      back =
        before === undefined
          ? { op: 'replace', path, value: old }
          : { op: 'add', path, value: old, before: fieldAfter(around, name) };
    }
    return withField(around, name, value, before);
  });
  return result.ok ? ok({ document: result.value, inverse: [back] }) : result;
}

function remove(document: Json, path: string): Step {
  const back: Patch[] = [];
  const result = changed(document, path, (around, name) => {
    const old = child(around, name);
    if (old === undefined) return undefined;
    if (isArray(around)) {
      back.push({ op: 'add', path, value: old });
      return without(around, Number(name));
    }
    if (!isObject(around)) return undefined;
    back.push({ op: 'add', path, value: old, before: fieldAfter(around, name) });
    return withoutField(around, name);
  });
  return result.ok ? ok({ document: result.value, inverse: back }) : result;
}

function without(list: JsonArray, at: number): JsonArray {
  return list.toSpliced(at, 1);
}

function replace(document: Json, path: string, value: Json): Step {
  if (path === '') return ok({ document: value, inverse: [{ op: 'replace', path, value: document }] });
  const back: Patch[] = [];
  const result = changed(document, path, (around, name) => {
    const old = child(around, name);
    if (old === undefined) return undefined;
    back.push({ op: 'replace', path, value: old });
    if (isArray(around)) return around.with(Number(name), value);
    return isObject(around) ? withField(around, name, value) : undefined;
  });
  return result.ok ? ok({ document: result.value, inverse: back }) : result;
}

function move(document: Json, from: string, path: string, before?: string | null): Step {
  if (path !== from && isWithin(path, from)) return fail({ code: 'into_itself', path });
  const value = names(document, from);
  if (value === undefined || from === '') return missing(from);
  const taken = remove(document, from);
  if (!taken.ok) return taken;
  const put = add(taken.value.document, path, value, before);
  if (!put.ok) return put;
  const [undone] = put.value.inverse;
  const [restored] = taken.value.inverse;
  // Without an overwritten field the way back is a move too, which keeps comments in the text.
  if (undone?.op === 'remove' && restored?.op === 'add') {
    return ok({ document: put.value.document, inverse: moving(undone.path, from, restored.before) });
  }
  return ok({ document: put.value.document, inverse: [...put.value.inverse, ...taken.value.inverse] });
}

/**
 * The patches that move a value to where `path` is once it is gone. RFC 6902 forbids to move an item
 * to a pointer that begins with its own, which is what moving it into the item after it looks like:
 * there it steps behind that item first.
 */
export function moving(from: string, path: string, before?: string | null): readonly Patch[] {
  if (path === from || !isWithin(path, from)) {
    return [before === undefined ? { op: 'move', from, path } : { op: 'move', from, path, before }];
  }
  const { parent, name } = parted(from);
  const behind = join(parent, Number(name) + 1);
  return [
    { op: 'move', from, path: behind },
    { op: 'move', from: behind, path },
  ];
}

function names(document: Json, path: string): Json | undefined {
  return split(path)?.reduce<Json | undefined>(child, document);
}
