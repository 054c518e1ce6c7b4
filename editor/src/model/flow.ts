/**
 * Where a run can go, as `dsl/src/check/flow.rs` has it: which steps may have run before another one,
 * and which surely have.
 *
 * Every step has three points: before it, decided (its inner steps not done), and after it. Knows no
 * expression beyond `true` and `false`; the server's checker knows more.
 */

import { kindOf, type Step, waysOf } from './blocks';
import { type Document, idOf, named, placesOf, type StepId, topSteps } from './document';
import { field, isArray, objectAt, textAt } from './json';
import { isWithin } from './pointer';

/** A step that may have run before another. */
export interface Earlier {
  readonly key: StepId;
  /** Whether there is no way around it. */
  readonly sure: boolean;
}

const cache = new WeakMap<Document, Map<StepId, readonly Earlier[]>>();

/** The steps that may have run when a step begins, in the order of the text. */
export function earlierThan(source: Document, key: StepId): readonly Earlier[] {
  const document = named(source);
  let known = cache.get(document);
  if (!known) {
    known = new Map();
    cache.set(document, known);
  }
  let found = known.get(key);
  if (!found) {
    found = new Graph(document, key).earlier();
    known.set(key, found);
  }
  return found;
}

class Graph {
  private readonly edges: number[][] = [];
  private readonly numbers = new Map<StepId, number>();
  private readonly keys: readonly StepId[];
  private readonly gotos: (readonly [number, string])[] = [];
  private readonly start: number;
  /** The pointer of the step asked about: lanes beside it run at their own pace. */
  private readonly target: string;
  private next = 0;

  constructor(
    private readonly document: Document,
    private readonly key: StepId,
  ) {
    const places = placesOf(document);
    this.keys = [...places.keys()];
    for (const [number, one] of this.keys.entries()) this.numbers.set(one, number);
    this.target = places.get(key)?.path ?? '';
    const points = 3 * this.keys.length;
    for (let point = 0; point < points + 2; point += 1) this.edges.push([]);
    this.start = points;
    this.list(topSteps(document), points, points + 1);
    for (const [from, to] of this.gotos) {
      const number = this.numbers.get(to);
      if (number !== undefined) this.edge(from, 3 * number);
    }
  }

  earlier(): readonly Earlier[] {
    const number = this.numbers.get(this.key);
    if (number === undefined) return [];
    const goal = 3 * number;
    const reached = this.reach(this.start, this.edges);
    const back: number[][] = this.edges.map(() => []);
    for (const [from, tos] of this.edges.entries()) for (const to of tos) back[to]?.push(from);
    const leading = this.reach(goal, back);
    const gates = this.gates(goal);
    const places = placesOf(this.document);
    return this.keys.flatMap((key, other) => {
      const points = [3 * other + 1, 3 * other + 2];
      const may = other !== number || this.isInLoop(goal, points, leading);
      if (!may || places.get(key)?.off || !points.some((point) => reached.has(point) && leading.has(point)))
        return [];
      return [{ key, sure: points.some((point) => gates.has(point)) }];
    });
  }

  /** Whether a step can come round to itself. */
  private isInLoop(goal: number, points: readonly number[], leading: ReadonlySet<number>): boolean {
    return points.some((point) => leading.has(point)) && this.reach(goal, this.edges).has(points[0] ?? -1);
  }

  private reach(from: number, edges: readonly (readonly number[])[]): ReadonlySet<number> {
    const seen = new Set([from]);
    const open = [from];
    for (let point = open.pop(); point !== undefined; point = open.pop()) {
      for (const to of edges[point] ?? []) {
        if (seen.has(to)) continue;
        seen.add(to);
        open.push(to);
      }
    }
    return seen;
  }

  /** The points every way from the start to `goal` passes. */
  private gates(goal: number): ReadonlySet<number> {
    const path = this.path(goal);
    const position = new Map(path.map((point, at) => [point, at]));
    const gates = new Set<number>();
    const seen = new Set<number>();
    // How far along the path one gets without the points still to come.
    let furthest = 0;
    for (const [at, point] of path.entries()) {
      if (furthest <= at) gates.add(point);
      const open = [point];
      for (let one = open.pop(); one !== undefined; one = open.pop()) {
        for (const to of this.edges[one] ?? []) {
          const ahead = position.get(to);
          if (ahead !== undefined) furthest = Math.max(furthest, ahead);
          else if (!seen.has(to)) {
            seen.add(to);
            open.push(to);
          }
        }
      }
    }
    return gates;
  }

  /** One way from the start. */
  private path(goal: number): readonly number[] {
    const before = new Map<number, number>([[this.start, -1]]);
    const open = [this.start];
    for (const point of open) {
      if (point === goal) break;
      for (const to of this.edges[point] ?? []) {
        if (before.has(to)) continue;
        before.set(to, point);
        open.push(to);
      }
    }
    const path: number[] = [];
    for (let point = before.has(goal) ? goal : -1; point >= 0; point = before.get(point) ?? -1)
      path.unshift(point);
    return path;
  }

  private edge(from: number, to: number): void {
    this.edges[from]?.push(to);
  }

  /** Wires the steps of a list one after the other; the number of the first. */
  private list(steps: readonly Step[], from: number | undefined, to: number): number | undefined {
    let last = from;
    let first: number | undefined;
    for (const step of steps) {
      const number = this.next;
      first ??= number;
      if (last !== undefined) this.edge(last, 3 * number);
      this.step(step);
      last = 3 * number + 2;
    }
    if (last !== undefined) this.edge(last, to);
    return first;
  }

  private step(step: Step): void {
    const number = this.next;
    this.next += 1;
    const [enter, decided, leave] = [3 * number, 3 * number + 1, 3 * number + 2];
    const onError = waysOf(step).find((way) => way.kind === 'error');
    if (field(step, 'enabled') === false) {
      this.edge(enter, leave);
      for (const way of waysOf(step)) this.list(way.steps, undefined, leave);
      return;
    }
    this.edge(enter, decided);
    this.block(step, number);
    const inside = this.next;
    if (textAt(step, 'on_error') === 'continue') this.edge(enter, leave);
    if (!onError) return;
    const handler = this.list(onError.steps, decided, leave);
    const target = handler === undefined ? leave : 3 * handler;
    for (let failing = number + 1; failing < inside; failing += 1) {
      this.edge(3 * failing + 1, target);
      this.edge(3 * failing + 2, target);
    }
  }

  private block(step: Step, number: number): void {
    const [enter, decided, leave] = [3 * number, 3 * number + 1, 3 * number + 2];
    const ways = waysOf(step).filter((way) => way.kind !== 'error');
    const from = (open: boolean) => (open ? decided : undefined);
    const kind = kindOf(step);
    if (kind === 'stop') return;
    if (kind === 'goto') {
      this.gotos.push([enter, textAt(step, 'goto') ?? '']);
      return;
    }
    if (goesOn(step)) this.edge(decided, leave);
    let open = true;
    for (const way of ways) {
      switch (way.kind) {
        case 'then':
          this.list(way.steps, from(textAt(step, 'if')?.trim() !== 'false'), leave);
          open = textAt(step, 'if')?.trim() !== 'true';
          break;
        case 'case': {
          const when = textAt(caseAt(step, way.path), 'when')?.trim();
          this.list(way.steps, from(open && when !== 'false'), leave);
          open &&= when !== 'true';
          break;
        }
        case 'else':
          this.list(way.steps, from(open), leave);
          break;
        case 'timeout':
          this.list(way.steps, from(hasTimeout(step)), leave);
          break;
        case 'body':
          this.rounds(way.steps, number);
          break;
        case 'lane':
          break;
        default:
          this.list(way.steps, decided, leave);
      }
    }
    if (kind === 'parallel') this.lanes(step, enter, leave);
  }

  /** Seen from outside, lanes that all end have all run; seen from one of them, the others may not have. */
  private lanes(step: Step, enter: number, leave: number): void {
    const ways = waysOf(step).filter((way) => way.kind === 'lane');
    const path = placesOf(this.document).get(idOf(step) ?? '')?.path ?? '';
    const isInside = this.target !== path && isWithin(this.target, path);
    if (isInside || textAt(step, 'join') === 'any') {
      for (const way of ways) this.list(way.steps, enter, leave);
      return;
    }
    let from = enter;
    for (const [at, way] of ways.entries()) {
      if (at === ways.length - 1) this.list(way.steps, from, leave);
      else {
        const between = this.edges.push([]) - 1;
        this.list(way.steps, from, between);
        from = between;
      }
    }
  }

  /** The steps of `repeat` and `each`: a later round sees what an earlier one left. */
  private rounds(steps: readonly Step[], number: number): void {
    const foot = this.edges.push([]) - 1;
    const first = this.list(steps, 3 * number, foot);
    this.edge(foot, 3 * number + 2);
    if (first !== undefined) this.edge(foot, 3 * first);
  }
}

/** Whether a block can be passed without any of its lists. */
function goesOn(step: Step): boolean {
  switch (kindOf(step)) {
    case 'if':
    case 'switch':
    case 'repeat':
      return false;
    case 'split':
      return Object.keys(objectAt(step, 'split')).some((way) => !Object.hasOwn(objectAt(step, 'paths'), way));
    case 'ask':
      return Object.keys(objectAt(field(step, 'ask'), 'answers')).some(
        (name) => !Object.hasOwn(objectAt(step, 'on'), name),
      );
    case 'parallel':
      return Object.keys(objectAt(step, 'parallel')).length === 0;
    default:
      return true;
  }
}

function caseAt(step: Step, path: string) {
  const cases = field(step, 'switch');
  return isArray(cases) ? cases[Number(path.split('/')[2])] : undefined;
}

function hasTimeout(step: Step): boolean {
  return (
    textAt(field(step, 'wait_for'), 'timeout') !== undefined ||
    textAt(field(step, 'ask'), 'timeout') !== undefined
  );
}
