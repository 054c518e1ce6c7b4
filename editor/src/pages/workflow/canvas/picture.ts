/**
 * The picture of the draft: its layout, and the same as React Flow's nodes. What did not change stays the same
 * object, so that React passes it over. Knows the layout; draws nothing.
 */
import type { Node } from '@xyflow/react';
import { useMemo, useRef } from 'react';
import {
  type Layout,
  type LayoutNode,
  layouter,
  METRICS,
  type Size,
  type Step,
  type StepId,
  textAt,
} from '@/model';
import { useDocument, useUi } from '../draft';

const SIZES = { ...METRICS, cardWidth: 300 };

/** A card, and the steps that jump to it. */
interface CardData extends Record<string, unknown> {
  readonly node: LayoutNode;
  readonly from: readonly StepId[];
}

export type CardNode = Node<CardData, LayoutNode['kind']>;

/** What a note adds to a card's height. */
const NOTE_HEIGHT = 30;
/** What numbers and states of a run add. */
const EXTRAS_HEIGHT = 30;

function sizeWith(extras: number): (step: Step) => Size {
  return (step) => {
    const note = (textAt(step, 'note') ?? '') === '' ? 0 : NOTE_HEIGHT;
    return { w: SIZES.cardWidth, h: SIZES.cardHeight + note + extras };
  };
}

export function usePicture(): { layout: Layout; nodes: CardNode[] } {
  const document = useDocument();
  const collapsed = useUi((ui) => ui.collapsed);
  const extras = useUi((ui) => ui.extras);
  const draw = useMemo(
    () => layouter({ metrics: SIZES, sizeOf: sizeWith(extras ? EXTRAS_HEIGHT : 0) }),
    [extras],
  );
  const before = useRef<Layout>(undefined);
  return useMemo(() => {
    const layout = draw(document, collapsed, before.current);
    before.current = layout;
    const from = new Map<StepId, StepId[]>();
    for (const jump of layout.jumps) from.set(jump.to, [...(from.get(jump.to) ?? []), jump.from]);
    return { layout, nodes: layout.nodes.map((node) => cardNode(node, from.get(node.key) ?? NONE)) };
  }, [draw, document, collapsed]);
}

const made = new WeakMap<LayoutNode, CardNode>();

const NONE: readonly StepId[] = [];

function cardNode(node: LayoutNode, from: readonly StepId[]): CardNode {
  let card = made.get(node);
  if (!card || card.data.from.join() !== from.join()) {
    const { key, kind, x, y, w, h } = node;
    card = {
      id: key,
      type: kind,
      position: { x, y },
      data: { node, from },
      width: w,
      height: h,
      measured: { width: w, height: h },
      handles: [],
      domAttributes: PLAIN,
    };
    made.set(node, card);
  }
  return card;
}

/** The card inside says what it is; the box around it says nothing. */
const PLAIN = { 'aria-roledescription': undefined } as unknown as NonNullable<CardNode['domAttributes']>;
