/**
 * What a picture of a document consists of.
 */

import type { BlockKind, Step } from './blocks';
import type { Slot, StepId } from './document';
import type { Phrase } from './phrase';

/** The keys of the two cards that are no steps. */
export const TRIGGER = '@trigger';
export const END = '@end';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A card; x and y are its upper left corner. */
export interface LayoutNode {
  readonly key: string;
  readonly kind: 'trigger' | 'step' | 'end';
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly path: string;
  readonly depth: number;
  /** Switched off itself or inside a step that is. */
  readonly off: boolean;
  readonly step?: Step;
  /** Absent on the two cards that are no steps, and on a step that names no block. */
  readonly block: BlockKind | undefined;
  readonly collapsible: boolean;
  readonly collapsed: boolean;
  /** How many steps it hides while collapsed. */
  readonly hidden: number;
}

/** A line of horizontal and vertical pieces. */
export interface LayoutEdge {
  readonly key: string;
  /** `side` leaves a card at its side, `through` passes beside side ways, `loop` leads back up. */
  readonly kind: 'flow' | 'side' | 'through' | 'loop';
  /** The step it leaves. */
  readonly from: string;
  /** The step it leads to; `@join:<key>` is where the ways of a step meet. */
  readonly to: string;
  readonly points: readonly Point[];
  /** What its `+` inserts into, and where that `+` is. Loops and `through` have none. */
  readonly plus?: { readonly slot: Slot; readonly at: Point };
  readonly label?: { readonly text: Phrase; readonly at: Point; readonly step: StepId; readonly way: string };
  /** No run can get here. */
  readonly dead: boolean;
}

/** Where the ways of a block meet. */
export interface LayoutJoin extends Point {
  readonly key: string;
  readonly step: StepId;
}

/** A `goto`: a mark on both cards, no line across the picture. */
export interface LayoutJump {
  readonly from: StepId;
  readonly to: StepId;
  readonly backward: boolean;
}

export interface Layout {
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly LayoutEdge[];
  readonly joins: readonly LayoutJoin[];
  readonly jumps: readonly LayoutJump[];
  readonly width: number;
  readonly height: number;
}
