/**
 * The lines between the cards, their labels, and the `+` on each: only what is near the part one looks at.
 *
 * Knows the layout; never what a step is.
 */
import { IconPlus } from '@tabler/icons-react';
import { type ReactFlowState, useStore, ViewportPortal } from '@xyflow/react';
import { memo, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Layout, type LayoutEdge, type Point, STEPS } from '@/model';
import { useDraftParts, useReadOnly, useUi } from '../draft';
import { emptyStop } from '../steps/stops';
import { useWords } from '../steps/words';
import { NO_PAN } from './Card';
import classes from './Lines.module.css';
import { FAR } from './view';

export function Lines({ layout }: { layout: Layout }) {
  const [left, top, right, bottom, far] = useStore(tiles, sameNumbers);
  const readOnly = useReadOnly();
  const edges = useMemo(
    () => layout.edges.filter(({ points }) => meets(points, { left, top, right, bottom })),
    [layout, left, top, right, bottom],
  );
  const isEmpty = layout.nodes.length <= 2;
  return (
    <ViewportPortal>
      <svg className={classes.lines} data-far={far === 1 || undefined} aria-hidden>
        {edges.map((edge) => (
          <Line key={edge.key} edge={edge} />
        ))}
        {layout.joins
          .filter(({ y }) => y >= top && y <= bottom)
          .map(({ key, x, y }) => (
            <circle key={key} cx={x} cy={y} r={4} className={classes.join} />
          ))}
      </svg>
      {far === 0 && edges.map((edge) => edge.label && <Label key={edge.key} label={edge.label} />)}
      {far === 0 &&
        !readOnly &&
        edges.map((edge) => edge.plus && <Plus key={edge.key} edge={edge} first={isEmpty} />)}
    </ViewportPortal>
  );
}

const TILE = 512;

/** Left, top, right, bottom, and 1 from afar. */
type Tiles = readonly [number, number, number, number, number];

/** The part one looks at, rounded up so that it changes now and then and not with every pixel. */
function tiles({ transform: [x, y, zoom], width, height }: ReactFlowState): Tiles {
  const tile = TILE * 2 ** Math.round(-Math.log2(zoom));
  const down = (value: number) => (Math.floor(value / tile) - 1) * tile;
  const up = (value: number) => (Math.ceil(value / tile) + 1) * tile;
  return [
    down(-x / zoom),
    down(-y / zoom),
    up((width - x) / zoom),
    up((height - y) / zoom),
    zoom < FAR ? 1 : 0,
  ];
}

function sameNumbers(a: Tiles, b: Tiles): boolean {
  return a.every((value, at) => value === b[at]);
}

interface Part {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function meets(points: readonly Point[], part: Part): boolean {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return left <= part.right && right >= part.left && top <= part.bottom && bottom >= part.top;
}

const Line = memo(function Line({ edge }: { edge: LayoutEdge }) {
  return (
    <path
      d={rounded(edge.points)}
      className={classes.line}
      data-kind={edge.kind}
      data-dead={edge.dead || undefined}
      data-from={edge.from}
      data-to={edge.to}
    />
  );
});

const CORNER = 14;

/** A line of straight pieces with round corners. */
export function rounded(points: readonly Point[]): string {
  const [first] = points;
  if (!first) return '';
  let path = `M${first.x} ${first.y}`;
  for (let at = 1; at < points.length; at += 1) {
    const here = points[at];
    const before = points[at - 1];
    const after = points[at + 1];
    if (!here || !before) continue;
    if (!after) {
      path += `L${here.x} ${here.y}`;
      continue;
    }
    const room = Math.min(CORNER, length(before, here) / 2, length(here, after) / 2);
    const a = toward(here, before, room);
    const b = toward(here, after, room);
    path += `L${a.x} ${a.y}Q${here.x} ${here.y} ${b.x} ${b.y}`;
  }
  return path;
}

function length(a: Point, b: Point): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
}

function toward(from: Point, to: Point, by: number): Point {
  return { x: from.x + Math.sign(to.x - from.x) * by, y: from.y + Math.sign(to.y - from.y) * by };
}

const Label = memo(function Label({ label }: { label: NonNullable<LayoutEdge['label']> }) {
  const text = useWords().way(label.text);
  return (
    <span
      className={classes.label}
      data-way={label.text.key}
      style={{ transform: at(label.at) }}
      title={text}
    >
      {text}
    </span>
  );
});

/** Puts an element's middle to a point. */
function at({ x, y }: Point): string {
  return `translate(${x}px, ${y}px) translate(-50%, -50%)`;
}

const Plus = memo(function Plus({ edge, first }: { edge: LayoutEdge; first: boolean }) {
  const { ui } = useDraftParts();
  const { t } = useTranslation('editor');
  const isOver = useUi((state) => state.over === edge.key);
  const isDragging = useUi((state) => state.dragged !== undefined);
  const { plus } = edge;
  if (!plus) return null;
  const { list, index } = plus.slot;
  const isEmptyWay = index === 0 && list !== STEPS && edge.key.startsWith('<');
  const isFirst = first && list === STEPS;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`${classes.plus} ${NO_PAN}`}
      data-stop={isEmptyWay || isFirst ? emptyStop(list) : undefined}
      data-first={isFirst || undefined}
      data-drop={isDragging || undefined}
      data-over={isOver || undefined}
      style={{ transform: at(plus.at) }}
      aria-label={isFirst ? t('canvas.add_first') : t('canvas.add')}
      onFocus={isEmptyWay ? () => ui.set({ current: emptyStop(list) }) : undefined}
      onClick={() => ui.set({ adding: plus.slot })}
    >
      <span className={classes.face}>
        <IconPlus size={14} stroke={2.25} aria-hidden />
        {isFirst && t('canvas.add_first')}
        {isOver && !isFirst && <span className={classes.here}>{t('canvas.drop')}</span>}
      </span>
    </button>
  );
});
