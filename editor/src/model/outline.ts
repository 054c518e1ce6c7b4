/**
 * The document as the rows of an ARIA tree: the editor for phones and screen readers.
 *
 * Rows are data; words come from their phrases. Knows no DOM and no node kind.
 */

import { type BlockKind, kindOf, type Step, type Way, waysOf } from './blocks';
import { type Document, named, placeByPath, type Slot, STEPS, type StepId, topSteps } from './document';
import { TRIGGER } from './layout-types';
import type { Phrase } from './phrase';
import { phrase } from './phrase';
import { join } from './pointer';
import { kindPhrase, summaryOf, triggerSummary } from './summary';

export interface OutlineRow {
  /** A step's id; `<id><way path>` for a way; `TRIGGER`. */
  readonly key: string;
  readonly kind: 'trigger' | 'step' | 'way';
  /** From 1, as `aria-level` counts. */
  readonly level: number;
  /** `aria-posinset` and `aria-setsize`. */
  readonly position: number;
  readonly setSize: number;
  readonly expandable: boolean;
  readonly expanded: boolean;
  /** The JSON pointer of the step, of the way's list, of the trigger. */
  readonly path: string;
  /** The row around it. */
  readonly parent?: string;
  /** What it is: the kind of block, the way's label. */
  readonly label: Phrase;
  /** What it does; ways have none. */
  readonly summary?: Phrase;
  /** The step it is, or of which it is a way. */
  readonly id?: StepId;
  readonly step?: Step;
  readonly block?: BlockKind;
  readonly way?: Way;
  readonly off: boolean;
  /** Where a new step asked for on this row goes. */
  readonly insert: Slot;
}

/** The rows that are visible while the rows of these keys are collapsed. */
export function outline(source: Document, collapsed: ReadonlySet<string> = NOTHING): readonly OutlineRow[] {
  const document = named(source);
  const steps = topSteps(document);
  const rows: OutlineRow[] = [
    {
      key: TRIGGER,
      kind: 'trigger',
      level: 1,
      position: 1,
      setSize: steps.length + 1,
      expandable: false,
      expanded: false,
      path: '/trigger',
      label: phrase('kind.trigger'),
      summary: triggerSummary(document),
      off: false,
      insert: { list: STEPS, index: 0 },
    },
  ];
  addSteps(document, collapsed, rows, { steps, list: STEPS, level: 1, first: 2, setSize: steps.length + 1 });
  return rows;
}

const NOTHING: ReadonlySet<string> = new Set();

interface Branch {
  readonly steps: readonly Step[];
  readonly list: string;
  readonly level: number;
  /** The position of the first step in its set. */
  readonly first: number;
  readonly setSize: number;
  readonly parent?: string;
}

function addSteps(
  document: Document,
  collapsed: ReadonlySet<string>,
  rows: OutlineRow[],
  branch: Branch,
): void {
  for (const [index, step] of branch.steps.entries()) {
    const path = join(branch.list, index);
    const place = placeByPath(document, path);
    const key = place?.key ?? path;
    const ways = waysOf(step);
    const expanded = ways.length > 0 && !collapsed.has(key);
    const block = kindOf(step);
    rows.push({
      key,
      kind: 'step',
      level: branch.level,
      position: branch.first + index,
      setSize: branch.setSize,
      expandable: ways.length > 0,
      expanded,
      path,
      ...(branch.parent === undefined ? {} : { parent: branch.parent }),
      label: kindPhrase(step),
      summary: summaryOf(step),
      id: key,
      step,
      ...(block === undefined ? {} : { block }),
      off: place?.off ?? false,
      insert: { list: branch.list, index: index + 1 },
    });
    if (expanded)
      addWays(document, collapsed, rows, {
        key,
        path,
        ways,
        level: branch.level + 1,
        off: place?.off ?? false,
      });
  }
}

interface Fork {
  readonly key: string;
  readonly path: string;
  readonly ways: readonly Way[];
  readonly level: number;
  readonly off: boolean;
}

function addWays(document: Document, collapsed: ReadonlySet<string>, rows: OutlineRow[], fork: Fork): void {
  for (const [index, way] of fork.ways.entries()) {
    const key = `${fork.key}${way.path}`;
    const list = fork.path + way.path;
    const expandable = way.steps.length > 0;
    const expanded = expandable && !collapsed.has(key);
    rows.push({
      key,
      kind: 'way',
      level: fork.level,
      position: index + 1,
      setSize: fork.ways.length,
      expandable,
      expanded,
      path: list,
      parent: fork.key,
      label: way.label,
      id: fork.key,
      way,
      off: fork.off,
      insert: { list, index: 0 },
    });
    const branch = {
      steps: way.steps,
      list,
      level: fork.level + 1,
      first: 1,
      setSize: way.steps.length,
      parent: key,
    };
    if (expanded) addSteps(document, collapsed, rows, branch);
  }
}

/** What the canvas collapses while the outline has these rows collapsed: steps, not single ways. */
export function rowsAround(rows: readonly OutlineRow[], key: string): readonly string[] {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const found: string[] = [];
  for (let at = byKey.get(key)?.parent; at !== undefined; at = byKey.get(at)?.parent) found.push(at);
  return found;
}
