/** Where the words about an option stand, so that they cover no other option. Pure; in pixels of the window. */
import type { Rect } from '@codemirror/view';

interface Place {
  readonly style: string;
  readonly class: string;
}

/** Beside the list where there is room; else below it, or above it when that is the larger room. */
export function beside(_: unknown, list: Rect, option: Rect, info: Rect, space: Rect): Place {
  const width = info.right - info.left;
  const height = info.bottom - info.top;
  const right = space.right - list.right;
  const left = list.left - space.left;
  if (width <= Math.max(left, right)) {
    const top = Math.max(space.top, Math.min(option.top, space.bottom - height)) - list.top;
    return { style: `top: ${top}px`, class: `cm-completionInfo-${width <= right ? 'right' : 'left'}` };
  }
  const below = space.bottom - list.bottom;
  const edge = below >= height || below >= list.top - space.top ? 'top' : 'bottom';
  return { style: `${edge}: calc(100% + 4px); left: 0; right: 0; width: auto`, class: '' };
}
