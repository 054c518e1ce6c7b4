/**
 * Dragging steps, or new ones from the shelf, to a `+` of the canvas. Mouse and pen only: fingers move the picture,
 * and every drag has its twin in the menu. Knows slots and pointers; never what a step is.
 */
import { useReactFlow } from '@xyflow/react';
import {
  createContext,
  type PointerEvent as Press,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import {
  type Document,
  isWithin,
  type Layout,
  type LayoutEdge,
  type Point,
  placeOf,
  type StepId,
} from '@/model';
import { useDraftParts, useReadOnly } from '../draft';
import type { Choice } from '../palette/choices';
import { useDeeds } from '../steps/deeds';
import { meant } from '../steps/selection';
import classes from './drag.module.css';

export type Grabbed =
  | { readonly kind: 'steps'; readonly key: StepId; readonly title: string }
  | { readonly kind: 'new'; readonly choice: Choice; readonly title: string };

export type Grab = (event: Press, grabbed: Grabbed) => void;
export const DragContext = createContext<Grab>(() => undefined);

/** Less is a click. */
const THRESHOLD = 6;
/** So far from a `+`, in the picture's own pixels, the dragged still falls to it. */
const REACH = 170;
/** Near the edge the picture moves along, */
const EDGE = 56;
/** by so many pixels a frame. */
const SPEED = 14;

interface Ghost {
  readonly title: string;
  readonly count: number;
}

export function useDragging(
  layout: Layout,
  frame: RefObject<HTMLElement | null>,
): { grab: Grab; ghost: React.ReactNode } {
  const { session, ui } = useDraftParts();
  const deeds = useDeeds();
  const flow = useReactFlow();
  const readOnly = useReadOnly();
  const [ghost, setGhost] = useState<Ghost>();
  const shape = useRef<HTMLDivElement>(null);
  const latest = useRef(layout);
  latest.current = layout;
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), []);

  const grab = useCallback<Grab>(
    (press, grabbed) => {
      if (press.button !== 0 || press.pointerType === 'touch' || readOnly) return;
      const start = { x: press.clientX, y: press.clientY };
      let at = start;
      let moving = false;
      let keys: readonly StepId[] = [];
      let next = 0;

      const begin = () => {
        moving = true;
        keys = grabbed.kind === 'steps' ? meant(session.document, ui, grabbed.key) : [];
        ui.set({
          dragged:
            grabbed.kind === 'steps' ? { kind: 'steps', keys } : { kind: 'new', choice: grabbed.choice.id },
        });
        setGhost({ title: grabbed.title, count: Math.max(1, keys.length) });
        next = requestAnimationFrame(follow);
      };
      const follow = () => {
        if (shape.current) shape.current.style.transform = `translate(${at.x + 12}px, ${at.y + 12}px)`;
        const box = frame.current?.getBoundingClientRect();
        if (box && within(box, at)) {
          const push = pushed(box, at);
          const view = flow.getViewport();
          if (push.x !== 0 || push.y !== 0)
            void flow.setViewport({ ...view, x: view.x - push.x, y: view.y - push.y });
          const over = nearest(latest.current, flow.screenToFlowPosition(at), session.document, keys)?.key;
          if (ui.get().over !== over) ui.set({ over });
        } else if (ui.get().over !== undefined) ui.set({ over: undefined });
        next = requestAnimationFrame(follow);
      };
      const move = (event: PointerEvent) => {
        at = { x: event.clientX, y: event.clientY };
        if (!moving && Math.hypot(at.x - start.x, at.y - start.y) > THRESHOLD) begin();
      };
      const end = (drop: boolean) => {
        stop.current = undefined;
        cancelAnimationFrame(next);
        window.removeEventListener('pointermove', move);
        window.removeEventListener('pointerup', up);
        window.removeEventListener('pointercancel', cancel);
        window.removeEventListener('keydown', flee, true);
        if (!moving) return;
        swallowClick();
        const { over } = ui.get();
        ui.set({ dragged: undefined, over: undefined });
        setGhost(undefined);
        const slot = latest.current.edges.find((edge) => edge.key === over)?.plus?.slot;
        if (!drop || !slot) return;
        if (grabbed.kind === 'new') deeds.put(grabbed.choice, slot);
        else deeds.move(keys, slot);
      };
      const up = () => end(true);
      const cancel = () => end(false);
      const flee = (event: KeyboardEvent) => {
        if (event.key !== 'Escape' || !moving) return;
        event.stopPropagation();
        end(false);
      };
      stop.current = cancel;
      window.addEventListener('pointermove', move);
      window.addEventListener('pointerup', up);
      window.addEventListener('pointercancel', cancel);
      window.addEventListener('keydown', flee, true);
    },
    [session, ui, deeds, flow, readOnly, frame],
  );

  return {
    grab,
    ghost: ghost && (
      <div className={classes.ghost} ref={shape} aria-hidden>
        {ghost.title}
        {ghost.count > 1 && <span className={classes.count}>{ghost.count}</span>}
      </div>
    ),
  };
}

/** The line whose `+` is nearest, of those where the steps may go and are not already. */
export function nearest(
  layout: Layout,
  at: Point,
  document: Document,
  keys: readonly StepId[],
): LayoutEdge | undefined {
  const moved = keys.flatMap((key) => placeOf(document, key) ?? []);
  let found: LayoutEdge | undefined;
  let least = REACH;
  for (const edge of layout.edges) {
    if (!edge.plus) continue;
    const distance = Math.hypot(edge.plus.at.x - at.x, edge.plus.at.y - at.y);
    if (distance >= least) continue;
    const { list, index } = edge.plus.slot;
    if (moved.some((place) => isWithin(list, place.path))) continue;
    const [only] = moved;
    const stays =
      moved.length === 1 && only?.list === list && (index === only.index || index === only.index + 1);
    if (stays) continue;
    found = edge;
    least = distance;
  }
  return found;
}

function within(box: DOMRect, at: Point): boolean {
  return at.x >= box.left && at.x <= box.right && at.y >= box.top && at.y <= box.bottom;
}

function pushed(box: DOMRect, at: Point): Point {
  const along = (near: number, far: number) => (near < EDGE ? -SPEED : far < EDGE ? SPEED : 0);
  return { x: along(at.x - box.left, box.right - at.x), y: along(at.y - box.top, box.bottom - at.y) };
}

/** Letting go is no click on what lies below. */
export function swallowClick(): void {
  const swallow = (event: MouseEvent) => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 50);
}
