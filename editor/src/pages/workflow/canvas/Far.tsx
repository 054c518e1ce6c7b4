/**
 * The cards from afar: one shape per colour instead of hundreds of cards nobody could read. Pressing one goes near.
 *
 * Knows the layout and what is selected or wrong; never a step's words.
 */
import { ViewportPortal } from '@xyflow/react';
import { useMemo } from 'react';
import type { Layout, LayoutNode } from '@/model';
import { problemsBySteps, useDocument, useDraftPart, useUi } from '../draft';
import { useStepPicture } from '../palette/icons';
import classes from './Far.module.css';

export function Far({ layout }: { layout: Layout }) {
  const picture = useStepPicture();
  const document = useDocument();
  const problems = useDraftPart((state) => state.problems);
  const selected = useUi((state) => state.selected);
  const shapes = useMemo(() => {
    const byUse = new Map<string, LayoutNode[]>();
    for (const node of layout.nodes) {
      if (node.kind === 'end') continue;
      const use = node.off ? 'off' : node.step ? picture(node.step).use : 'start';
      byUse.set(use, [...(byUse.get(use) ?? []), node]);
    }
    return [...byUse].map(([use, nodes]) => ({ use, shape: cards(nodes), marks: marks(nodes) }));
  }, [layout, picture]);
  const wrong = useMemo(() => {
    const found = problemsBySteps(document, problems);
    return cards(layout.nodes.filter(({ key }) => found.has(key)));
  }, [layout, document, problems]);
  const chosen = useMemo(
    () => cards(layout.nodes.filter(({ key }) => selected.has(key))),
    [layout, selected],
  );
  return (
    <ViewportPortal>
      <svg className={classes.far} aria-hidden>
        {shapes.map(({ use, shape, marks }) => (
          <g key={use} data-use={use}>
            <path className={classes.card} d={shape} />
            <path className={classes.mark} d={marks} />
          </g>
        ))}
        <path className={classes.wrong} d={wrong} />
        <path className={classes.chosen} d={chosen} />
      </svg>
    </ViewportPortal>
  );
}

const ROUND = 14;

function cards(nodes: readonly LayoutNode[]): string {
  return nodes.map(({ x, y, w, h }) => box(x, y, w, h, ROUND)).join('');
}

/** Where the pictures of the cards are. */
function marks(nodes: readonly LayoutNode[]): string {
  return nodes.map(({ x, y }) => box(x + 15, y + 18, 36, 36, 9)).join('');
}

function box(x: number, y: number, w: number, h: number, r: number): string {
  return [
    `M${x + r} ${y}h${w - 2 * r}q${r} 0 ${r} ${r}`,
    `v${h - 2 * r}q0 ${r} ${-r} ${r}`,
    `h${2 * r - w}q${-r} 0 ${-r} ${-r}`,
    `v${2 * r - h}q0 ${-r} ${r} ${-r}z`,
  ].join('');
}
