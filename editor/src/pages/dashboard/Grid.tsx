/**
 * The widgets in their places. While it is arranged they are dragged by their heads and corners, or moved with buttons
 * and arrow keys. On a phone they stand one below the other, in the same order.
 *
 * Knows columns and rows; what a widget shows is its own.
 */
import { useMediaQuery } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DashboardWidget, DeviceView } from '@/api/sensors';
import classes from './Dashboard.module.css';
import { type Change, COLUMNS, change } from './layout';
import { useWidgetTitle } from './titles';
import type { DashboardState } from './use-dashboard';
import { WidgetBody } from './WidgetBody';
import { WidgetDialog } from './WidgetDialog';
import { WidgetTools } from './WidgetTools';

const GAP_PX = 14;
const ROW_PX = 76;

interface Props {
  board: DashboardState;
  devices: readonly DeviceView[];
}

interface Drag {
  readonly id: string;
  readonly sizes: boolean;
  readonly fromX: number;
  readonly fromY: number;
}

export function Grid({ board, devices }: Props) {
  const { t } = useTranslation('dashboard');
  const titleOf = useWidgetTitle(devices);
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const place = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag>(undefined);
  const [trial, setTrial] = useState<Change>();
  const [told, setTold] = useState('');
  const [editing, setEditing] = useState<DashboardWidget>();
  const shown = trial === undefined ? board.layout : (change(board.layout, trial)?.layout ?? board.layout);

  const perform = (one: Change | undefined, widget: DashboardWidget) => {
    if (one === undefined || !board.perform(one)) setTold(t('told.no_room'));
    else setTold(t('told.changed', { name: titleOf(widget) }));
  };
  const target = (event: React.PointerEvent): Change | undefined => {
    const held = drag.current;
    const widget = board.layout.find(({ id }) => id === held?.id);
    if (held === undefined || widget === undefined || place.current === null) return undefined;
    const column = (place.current.clientWidth + GAP_PX) / COLUMNS;
    const by = {
      x: Math.round((event.clientX - held.fromX) / column),
      y: Math.round((event.clientY - held.fromY) / (ROW_PX + GAP_PX)),
    };
    return held.sizes
      ? { do: 'size', id: widget.id, w: widget.w + by.x, h: widget.h + by.y }
      : { do: 'place', id: widget.id, x: widget.x + by.x, y: widget.y + by.y };
  };
  const pull = (widget: DashboardWidget, sizes: boolean) => ({
    onPointerDown: (event: React.PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { id: widget.id, sizes, fromX: event.clientX, fromY: event.clientY };
    },
    onPointerMove: (event: React.PointerEvent<HTMLElement>) => {
      if (drag.current !== undefined) setTrial(target(event));
    },
    onPointerUp: (event: React.PointerEvent<HTMLElement>) => {
      const done = target(event);
      drag.current = undefined;
      setTrial(undefined);
      if (done !== undefined) perform(done, widget);
    },
    onPointerCancel: () => {
      drag.current = undefined;
      setTrial(undefined);
    },
  });

  return (
    <>
      <div ref={place} className={classes.grid} data-editing={board.isEditing || undefined}>
        {shown.map((widget) => (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset holds fields
          <div
            key={widget.id}
            role="group"
            className={classes.widget}
            aria-label={titleOf(widget)}
            data-dragged={(trial !== undefined && 'id' in trial && trial.id === widget.id) || undefined}
            style={
              wide
                ? {
                    gridColumn: `${widget.x + 1} / span ${widget.w}`,
                    gridRow: `${widget.y + 1} / span ${widget.h}`,
                  }
                : { minHeight: Math.min(widget.h, 4) * ROW_PX }
            }
          >
            <header className={classes.head}>
              <h2 className={classes.name} {...(board.isEditing && wide ? pull(widget, false) : {})}>
                {titleOf(widget)}
              </h2>
              {board.isEditing && (
                <WidgetTools
                  widget={widget}
                  layout={board.layout}
                  title={titleOf(widget)}
                  wide={wide === true}
                  onChange={(one) => perform(one, widget)}
                  onEdit={() => setEditing(widget)}
                />
              )}
            </header>
            <div className={classes.body}>
              <WidgetBody widget={widget} devices={devices} rowPx={ROW_PX + GAP_PX} wide={wide === true} />
            </div>
            {board.isEditing && wide && (
              <span className={classes.corner} aria-hidden {...pull(widget, true)} />
            )}
          </div>
        ))}
      </div>
      <p className="visually-hidden" role="status">
        {told}
      </p>
      {editing !== undefined && (
        <WidgetDialog
          devices={devices}
          widget={editing}
          onClose={() => setEditing(undefined)}
          onDone={({ title, device, metric, place: where, from }) => {
            setEditing(undefined);
            board.perform({
              do: 'edit',
              id: editing.id,
              about: { title, device, metric, place: where, from },
            });
          }}
        />
      )}
    </>
  );
}
