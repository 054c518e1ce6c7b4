/** The part of the picture one looks at: bringing a card into sight, fitting all of it. Knows sizes; never a step. */
import { useReactFlow, useStore } from '@xyflow/react';
import { type RefObject, useEffect, useRef } from 'react';
import { END, type Layout, ownerOf, type Point } from '@/model';
import { useDraftParts, useUi } from '../draft';
import { mayFocus } from '../ui';

/** Below this scale words are too small to read and buttons too small to hit. */
export const FAR = 0.42;
export const SCALE_MIN = 0.05;
export const SCALE_MAX = 1.6;
/** A whole flow stands so far from the edge. */
const MARGIN = 40;
/** What is brought into sight has so much room around it, for what comes next. */
const AROUND = 140;
/** Smaller than this, a whole flow at once says nothing: its beginning is shown. */
const READABLE = 0.75;

interface Box extends Point {
  readonly w: number;
  readonly h: number;
}

export interface View {
  /** Moves the picture only if the stop is out of sight. */
  reveal(stop: string): void;
  fit(): void;
  /** The beginning of the flow, all of it when it is small. */
  home(): void;
  zoom(by: number): void;
}

export function useView(layout: Layout, frame: RefObject<HTMLElement | null>): View {
  const flow = useReactFlow();
  const { session } = useDraftParts();
  const latest = useRef(layout);
  latest.current = layout;
  const still = useRef<View>(undefined);
  still.current ??= {
    reveal(stop) {
      const box = boxOf(latest.current, stop, (list) => ownerOf(session.document, list));
      const size = frame.current?.getBoundingClientRect();
      if (!box || !size || size.width === 0) return;
      const { x, y, zoom } = flow.getViewport();
      const scale = zoom < FAR ? 1 : zoom;
      if (scale !== zoom) {
        const middle = { x: box.x + box.w / 2, y: box.y + box.h / 2 };
        void flow.setViewport({
          x: size.width / 2 - middle.x * scale,
          y: size.height / 2 - middle.y * scale,
          zoom: scale,
        });
        return;
      }
      const by = {
        x: shift(box.x * zoom + x, box.w * zoom, size.width),
        y: shift(box.y * zoom + y, box.h * zoom, size.height),
      };
      if (by.x !== 0 || by.y !== 0) void flow.setViewport({ x: x + by.x, y: y + by.y, zoom });
    },
    fit() {
      const size = frame.current?.getBoundingClientRect();
      const { width, height } = latest.current;
      if (!size || size.width === 0) return;
      const scale = Math.min((size.width - 2 * MARGIN) / width, (size.height - 2 * MARGIN) / height, 1);
      const zoom = Math.max(scale, SCALE_MIN);
      void flow.setViewport({
        x: (size.width - width * zoom) / 2,
        y: Math.max(MARGIN, (size.height - height * zoom) / 2),
        zoom,
      });
    },
    home() {
      const size = frame.current?.getBoundingClientRect();
      const [trigger] = latest.current.nodes;
      if (!size || size.width === 0 || !trigger) return;
      const { width, height } = latest.current;
      const scale = Math.min((size.width - 2 * MARGIN) / width, (size.height - 2 * MARGIN) / height, 1);
      if (scale >= READABLE) return this.fit();
      const zoom = Math.min(1, Math.max(READABLE, (size.width - 2 * MARGIN) / width));
      void flow.setViewport({ x: size.width / 2 - (trigger.x + trigger.w / 2) * zoom, y: MARGIN, zoom });
    },
    zoom: (by) => void (by > 0 ? flow.zoomIn() : flow.zoomOut()),
  };
  return still.current;
}

/** How far something is to be moved along one axis, so that it is inside with room around it. */
export function shift(at: number, long: number, room: number): number {
  const margin = Math.max(0, Math.min(AROUND, (room - long) / 2));
  if (at < margin) return margin - at;
  return at + long > room - margin ? room - margin - at - long : 0;
}

/** Where a stop is; an empty way is where its `+` is. */
function boxOf(layout: Layout, stop: string, owner: (list: string) => string | undefined): Box | undefined {
  const node = layout.nodes.find(({ key }) => key === stop);
  if (node) return node;
  const list = stop.startsWith('+') ? stop.slice(1) : undefined;
  const plus = layout.edges.find(
    (edge) => edge.plus?.slot.list === list && edge.plus?.slot.index === 0,
  )?.plus;
  if (plus) return { x: plus.at.x - 60, y: plus.at.y - 20, w: 120, h: 40 };
  const around = list === undefined ? undefined : owner(list);
  return layout.nodes.find(({ key }) => key === (around ?? END));
}

/** Frames to wait until a card that was out of sight is drawn. */
const FRAMES_MAX = 20;

/** Follows `ui.reveal`: the current stop comes into sight and gets the focus. */
export function useReveal(view: View, frame: RefObject<HTMLElement | null>): void {
  const { ui } = useDraftParts();
  const reveal = useUi((state) => state.reveal);
  const width = useStore((state) => state.width);
  const before = useRef(0);
  useEffect(() => {
    // A panel that opens must not cover what it is about.
    if (before.current > 0 && width < before.current) view.reveal(ui.get().current);
    before.current = width;
  }, [width, ui, view]);
  useEffect(() => {
    if (reveal === ui.get().revealed) return;
    const { current } = ui.get();
    view.reveal(current);
    let left = FRAMES_MAX;
    let next = 0;
    const look = () => {
      const card = frame.current?.querySelector<HTMLElement>(`[data-stop="${CSS.escape(current)}"]`);
      if (!card && left-- > 0) next = requestAnimationFrame(look);
      else {
        ui.set({ revealed: reveal });
        if (mayFocus(ui)) card?.focus({ preventScroll: true });
      }
    };
    next = requestAnimationFrame(look);
    return () => cancelAnimationFrame(next);
  }, [reveal, ui, view, frame]);
}
