/**
 * The whole flow in small, with the part one looks at; pressing it goes there. The cards are one shape that is drawn
 * once per layout, and moving the picture moves a frame, nothing more. Knows the layout; never a step.
 */
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { type PointerEvent, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Layout, LayoutNode } from '@/model';
import classes from './Map.module.css';

const WIDTH = 176;
const HEIGHT = 168;
const PAD = 10;
/** Smaller cards cannot be seen; a longer flow goes through the map as one goes through the flow. */
const SCALE_LEAST = 0.035;

export function FlowMap({ layout }: { layout: Layout }) {
  const { t } = useTranslation('editor');
  const flow = useReactFlow();
  const store = useStoreApi();
  const picture = useRef<SVGSVGElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const scale = Math.max(
    Math.min((WIDTH - 2 * PAD) / layout.width, (HEIGHT - 2 * PAD) / layout.height, 0.12),
    Math.min(SCALE_LEAST, (WIDTH - 2 * PAD) / layout.width),
  );
  const shape = useMemo(() => boxes(layout.nodes), [layout]);
  const offset = useRef({ x: 0, y: 0 });
  useEffect(() => {
    const place = () => {
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      const seen = { x: -x / zoom, y: -y / zoom, w: width / zoom, h: height / zoom };
      offset.current = {
        x: (WIDTH - layout.width * scale) / 2,
        y: along(seen.y * scale, seen.h * scale, layout.height * scale),
      };
      const { x: left, y: top } = offset.current;
      if (picture.current) picture.current.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
      if (frame.current) {
        const [from, until] = inside(left + seen.x * scale, seen.w * scale, WIDTH);
        const [above, below] = inside(top + seen.y * scale, seen.h * scale, HEIGHT);
        frame.current.style.transform = `translate(${from}px, ${above}px)`;
        frame.current.style.width = `${until - from}px`;
        frame.current.style.height = `${below - above}px`;
      }
    };
    place();
    return store.subscribe(place);
  }, [store, layout, scale]);
  const go = (event: PointerEvent<HTMLElement>) => {
    if (event.type === 'pointermove' && event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    const { x, y } = offset.current;
    const { zoom } = flow.getViewport();
    void flow.setCenter((event.clientX - box.left - x) / scale, (event.clientY - box.top - y) / scale, {
      zoom,
    });
  };
  return (
    <div
      className={`${classes.map} nopan nowheel`}
      role="img"
      aria-label={t('canvas.map')}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={go}
    >
      <svg ref={picture} className={classes.picture} aria-hidden>
        <path d={shape} />
      </svg>
      <div ref={frame} className={classes.frame} />
    </div>
  );
}

/** Where the picture begins in the map: in the middle, or so that the part one looks at is inside. */
export function along(seen: number, size: number, whole: number): number {
  const room = HEIGHT - 2 * PAD;
  if (whole <= room) return (HEIGHT - whole) / 2;
  const middle = seen + size / 2;
  return PAD - Math.max(0, Math.min(whole - room, middle - room / 2));
}

/** The frame's two ends, of which none leaves the map. */
function inside(from: number, size: number, room: number): [number, number] {
  const edge = 3;
  const begin = Math.min(Math.max(edge, from), room - 2 * edge - 2);
  return [begin, Math.max(begin + 2, Math.min(room - edge - 2, from + size))];
}

/** All cards as one shape. */
export function boxes(nodes: readonly LayoutNode[]): string {
  return nodes.map(({ x, y, w, h }) => `M${x} ${y}h${w}v${h}h${-w}z`).join('');
}
