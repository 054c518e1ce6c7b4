/** Shift and drag over the ground: everything the frame touches is selected. Knows rectangles; never a step. */
import { useReactFlow } from '@xyflow/react';
import { type MouseEvent, type RefObject, useRef, useState } from 'react';
import type { Layout } from '@/model';
import { useDraftParts } from '../draft';
import { goTo } from '../ui';
import classes from './Canvas.module.css';
import { swallowClick } from './drag';

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function useMarquee(layout: Layout, frame: RefObject<HTMLElement | null>) {
  const flow = useReactFlow();
  const { ui } = useDraftParts();
  const [shown, setShown] = useState<Frame>();
  const latest = useRef(layout);
  latest.current = layout;
  // React Flow listens for the mouse, and would move the picture.
  const onMouseDownCapture = (press: MouseEvent) => {
    const isGround = (press.target as HTMLElement).classList.contains('react-flow__pane');
    const box = frame.current?.getBoundingClientRect();
    if (!press.shiftKey || press.button !== 0 || !isGround || !box) return;
    press.stopPropagation();
    press.preventDefault();
    const start = { x: press.clientX, y: press.clientY };
    const move = (event: globalThis.MouseEvent) => {
      const at = { x: event.clientX, y: event.clientY };
      const rect = {
        left: Math.min(start.x, at.x),
        top: Math.min(start.y, at.y),
        width: Math.abs(at.x - start.x),
        height: Math.abs(at.y - start.y),
      };
      setShown({ ...rect, left: rect.left - box.left, top: rect.top - box.top });
      const a = flow.screenToFlowPosition({ x: rect.left, y: rect.top });
      const b = flow.screenToFlowPosition({ x: rect.left + rect.width, y: rect.top + rect.height });
      const keys = latest.current.nodes
        .filter(({ kind, x, y, w, h }) => kind === 'step' && x < b.x && x + w > a.x && y < b.y && y + h > a.y)
        .map(({ key }) => key);
      const selected = new Set(keys);
      ui.set({ selected, ...(keys[0] === undefined ? {} : { current: keys[0] }) });
    };
    const end = () => {
      window.removeEventListener('mousemove', move);
      window.removeEventListener('mouseup', end);
      setShown(undefined);
      swallowClick();
      goTo(ui, ui.get().current, { selected: ui.get().selected });
    };
    window.addEventListener('mousemove', move);
    window.addEventListener('mouseup', end);
  };
  return { onMouseDownCapture, box: shown && <div className={classes.selection} style={shown} /> };
}
