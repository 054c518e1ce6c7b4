/**
 * The document: what a workflow is, as the text writes it, and its steps by id with their places.
 *
 * It is generic JSON behind a tolerant reading, since the text view may hold anything; the server's
 * checker judges it. Knows no node kind, no coordinates, no clock.
 */

import { asSteps, kindOf, type Step, type Way, waysOf } from './blocks';
import {
  EMPTY,
  field,
  fromEntries,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  textAt,
  withField,
} from './json';
import type { Patch } from './patch';
import { child, join, split } from './pointer';

/** The only document format this editor writes. */
export const FORMAT = 1;
/** The most steps a workflow may have, as the checker has it. */
export const STEPS_MAX = 1_000;

/** A whole workflow: `operandi`, `name`, `inputs`, `trigger`, `exit`, `goal`, `steps`, ... */
export type Document = JsonObject;

/** A step's permanent id. */
export type StepId = string;

/** Where a step stands. */
export interface Place {
  /**
   * Its id. A step without one has the id the engine will make up for it, and the second step of one
   * id (the checker refuses such a text) is told apart by `#2`, so keys are always unique.
   */
  readonly key: StepId;
  readonly step: Step;
  /** The step's JSON pointer. */
  readonly path: string;
  /** The pointer of the list it stands in. */
  readonly list: string;
  readonly index: number;
  /** How many steps are around it. */
  readonly depth: number;
  /** The step around it and the way it stands in; absent at the top. */
  readonly parent?: { readonly key: StepId; readonly way: Way };
  /** Switched off itself or inside a step that is. */
  readonly off: boolean;
}

/** A place between steps: what `+` inserts into. */
export interface Slot {
  /** The pointer of a list, which the document need not write yet. */
  readonly list: string;
  readonly index: number;
}

export const STEPS = '/steps';

/** The steps at the top. */
export function topSteps(document: Document): readonly Step[] {
  return asSteps(field(document, 'steps'));
}

/** An empty workflow to begin with. */
export function emptyDocument(name: JsonObject | string): Document {
  return { operandi: FORMAT, name, trigger: { manual: true }, steps: [] };
}

const places = new WeakMap<Document, ReadonlyMap<StepId, Place>>();

/** Every step of the document by key, in the order of the text, a step before what is inside it. */
export function placesOf(document: Document): ReadonlyMap<StepId, Place> {
  let known = places.get(document);
  if (!known) {
    known = collect(document);
    places.set(document, known);
  }
  return known;
}

/** A step by its key. */
export function placeOf(document: Document, key: StepId): Place | undefined {
  return placesOf(document).get(key);
}

/** The step exactly at a pointer. */
export function placeByPath(document: Document, path: string): Place | undefined {
  return pathsOf(document).get(path);
}

/** The innermost step whose pointer leads to `path`: where a problem of the checker belongs. */
export function placeAt(document: Document, path: string): Place | undefined {
  const byPath = pathsOf(document);
  let at = path;
  while (at !== '') {
    const found = byPath.get(at);
    if (found) return found;
    at = at.slice(0, at.lastIndexOf('/'));
  }
  return undefined;
}

const paths = new WeakMap<Document, ReadonlyMap<string, Place>>();

function pathsOf(document: Document): ReadonlyMap<string, Place> {
  let known = paths.get(document);
  if (!known) {
    known = new Map([...placesOf(document).values()].map((place) => [place.path, place]));
    paths.set(document, known);
  }
  return known;
}

function collect(document: Document): ReadonlyMap<StepId, Place> {
  const made = madeUp(document);
  const found = new Map<StepId, Place>();
  const visit = (
    steps: readonly Step[],
    list: string,
    depth: number,
    off: boolean,
    parent?: Place['parent'],
  ): void => {
    steps.forEach((step, index) => {
      const path = join(list, index);
      const key = unique(idOf(step) ?? made.get(path) ?? path, found);
      const here = off || field(step, 'enabled') === false;
      if (parent) found.set(key, { key, step, path, list, index, depth, off: here, parent });
      else found.set(key, { key, step, path, list, index, depth, off: here });
      for (const way of waysOf(step)) visit(way.steps, path + way.path, depth + 1, here, { key, way });
    });
  };
  visit(topSteps(document), STEPS, 0, false);
  return found;
}

function unique(id: string, found: ReadonlyMap<string, unknown>): string {
  if (!found.has(id)) return id;
  let number = 2;
  while (found.has(`${id}#${number}`)) number += 1;
  return `${id}#${number}`;
}

/** The id a step writes. */
export function idOf(step: Step): StepId | undefined {
  const id = textAt(step, 'id');
  return id === '' ? undefined : id;
}

/** Path -> id for the steps that write none, exactly as `dsl/src/decode/ids.rs` makes them up. */
function madeUp(document: Document): ReadonlyMap<string, StepId> {
  const taken = new Set<StepId>();
  let missing = false;
  const given = (steps: readonly Step[]): void => {
    for (const step of steps) {
      const id = idOf(step);
      if (id === undefined) missing = true;
      else taken.add(id);
      for (const way of waysOf(step)) given(way.steps);
    }
  };
  given(topSteps(document));
  const made = new Map<string, StepId>();
  if (!missing) return made;
  const make = (steps: readonly Step[], list: string, parent: string | undefined): void => {
    steps.forEach((step, index) => {
      const path = join(list, index);
      let id = idOf(step);
      if (id === undefined) {
        id = free(`${parent ?? kindOf(step) ?? 'step'}_${index + 1}`, taken);
        taken.add(id);
        made.set(path, id);
      }
      for (const way of waysOf(step)) make(way.steps, path + way.path, id + plain(way.path));
    });
  };
  make(topSteps(document), STEPS, undefined);
  return made;
}

/** The name itself, or with the first number that makes it unique. */
export function free(base: string, taken: { has(name: string): boolean }): string {
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}_${number}`)) number += 1;
  return `${base}_${number}`;
}

/** A way such as `/paths/A b` as part of a name: `_a_b`. */
function plain(way: string): string {
  const short = way.replace(/^(\/paths|\/parallel)+/, '').replace(/(\/steps)+$/, '');
  let name = '';
  for (const c of short) {
    if (/[a-z0-9]/.test(c)) name += c;
    else if (/[A-Z]/.test(c)) name += c.toLowerCase();
    else if (!name.endsWith('_')) name += '_';
  }
  return name;
}

/** The patches that write the made-up ids down, so that they no longer depend on places. */
export function naming(document: Document): readonly Patch[] {
  return [...madeUp(document)].map(([path, id]) => {
    const first = Object.keys(placeAt(document, path)?.step ?? {}).find((name) => name !== 'id');
    return { op: 'add', path: join(path, 'id'), value: id, before: first ?? null };
  });
}

const namedOnes = new WeakMap<Document, Document>();

/** The document with every id written down; the same object when they all are. */
export function named(document: Document): Document {
  let known = namedOnes.get(document);
  if (!known) {
    const made = madeUp(document);
    known =
      made.size === 0 ? document : withField(document, 'steps', nameAll(topSteps(document), STEPS, made));
    namedOnes.set(document, known);
  }
  return known;
}

function nameAll(steps: readonly Step[], list: string, made: ReadonlyMap<string, StepId>): Json {
  return steps.map((step, index) => {
    const path = join(list, index);
    let copy = step;
    for (const way of waysOf(step)) {
      if (way.written) copy = setAt(copy, way.path, nameAll(way.steps, path + way.path, made));
    }
    const id = made.get(path);
    return id === undefined
      ? copy
      : fromEntries([['id', id], ...Object.entries(copy).filter(([name]) => name !== 'id')]);
  });
}

/** The step with the list of a way replaced. */
export function setAt(step: Step, way: string, value: Json): Step {
  return replaceAt(step, split(way) ?? [], value) as Step;
}

function replaceAt(value: Json, names: readonly string[], leaf: Json): Json {
  const [name, ...rest] = names;
  if (name === undefined) return leaf;
  const inner = replaceAt(child(value, name) ?? EMPTY, rest, leaf);
  if (isArray(value)) return value.with(Number(name), inner);
  return withField(isObject(value) ? value : EMPTY, name, inner);
}
