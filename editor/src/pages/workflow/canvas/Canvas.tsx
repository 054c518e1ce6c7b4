/** The workflow as a picture one edits: cards from top to bottom, lines, `+`. Puts its parts together; the layout is the model's. */
import '@xyflow/react/dist/base.css';
import { type NodeTypes, Panel, ReactFlow, ReactFlowProvider, useReactFlow, useStore } from '@xyflow/react';
import { type MouseEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraftParts, useUi } from '../draft';
import { Shelf } from '../palette/Shelf';
import { goTo } from '../ui';
import classes from './Canvas.module.css';
import { EndCard, StepCard, TriggerCard } from './Card';
import { DragContext, useDragging } from './drag';
import { Far } from './Far';
import { Find } from './Find';
import { Lines } from './Lines';
import { FlowMap } from './Map';
import { useMarquee } from './marquee';
import { type CardNode, usePicture } from './picture';
import { Tools } from './Tools';
import { useCanvasKeys } from './use-keys';
import { FAR, SCALE_MAX, SCALE_MIN, useReveal, useView } from './view';

/** In a smaller canvas the map would lie on the cards. */
const MAP_ROOM = 880;
const CARDS: NodeTypes = { step: StepCard, trigger: TriggerCard, end: EndCard } as NodeTypes;

export function Canvas() {
  return (
    <ReactFlowProvider>
      <Flow />
    </ReactFlowProvider>
  );
}

function Flow() {
  const { t } = useTranslation('editor');
  const { ui } = useDraftParts();
  const frame = useRef<HTMLElement>(null);
  /** Whether the focus is on a card, from which Tab leads on and not back to the canvas around it. */
  const [inside, setInside] = useState(false);
  const { layout, nodes } = usePicture();
  const view = useView(layout, frame);
  const { grab, ghost } = useDragging(layout, frame);
  const marquee = useMarquee(layout, frame);
  const keys = useCanvasKeys(view);
  const wantsMap = useUi((state) => state.map);
  const hasRoom = useStore((state) => state.width >= MAP_ROOM);
  const map = wantsMap && hasRoom;
  const shelf = useUi((state) => state.shelf);
  const finding = useUi((state) => state.finding);
  const selecting = useUi((state) => state.selecting);
  useReveal(view, frame);
  const far = useStore((state) => state.transform[2] < FAR);
  const flow = useReactFlow();
  const ground = (event: MouseEvent) => {
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const below = far
      ? layout.nodes.find(({ x, y, w, h }) => at.x >= x && at.x <= x + w && at.y >= y && at.y <= y + h)
      : undefined;
    if (below) {
      goTo(ui, below.key);
      return;
    }
    if (!ui.get().selecting) ui.set({ selected: new Set(), panel: undefined });
    frame.current?.focus({ preventScroll: true });
  };
  return (
    <DragContext value={grab}>
      <div className={classes.room}>
        {shelf && <Shelf />}
        <section
          ref={frame}
          className={classes.canvas}
          aria-label={t('canvas.label')}
          data-selecting={selecting || undefined}
          tabIndex={inside ? -1 : 0}
          onFocus={(event) => {
            setInside(event.target.closest('[data-stop]') !== null);
            if (event.target === event.currentTarget && event.currentTarget.matches(':focus-visible'))
              goTo(ui, ui.get().current, { selected: ui.get().selected });
          }}
          onBlur={() => setInside(false)}
          onMouseDownCapture={marquee.onMouseDownCapture}
          {...keys}
        >
          <ReactFlow
            nodes={far ? NO_NODES : nodes}
            nodeTypes={CARDS}
            onlyRenderVisibleElements
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            elementsSelectable={false}
            disableKeyboardA11y
            zoomOnDoubleClick={false}
            panOnScroll
            deleteKeyCode={null}
            selectionKeyCode={null}
            multiSelectionKeyCode={null}
            minZoom={SCALE_MIN}
            maxZoom={SCALE_MAX}
            attributionPosition="top-right"
            onInit={() => view.home()}
            onPaneClick={ground}
          >
            <Lines layout={layout} />
            {far && <Far layout={layout} />}
            {map && (
              <Panel position="bottom-right">
                <FlowMap layout={layout} />
              </Panel>
            )}
            <Panel position="bottom-left">
              <Tools view={view} />
            </Panel>
            {finding && (
              <Panel position="top-center">
                <Find />
              </Panel>
            )}
          </ReactFlow>
          {marquee.box}
        </section>
      </div>
      {ghost}
    </DragContext>
  );
}

const NO_NODES: CardNode[] = [];
