/** The handles of a threshold over a chart: dragged with any pointer, moved with the arrow keys. Knows levels in pixels. */
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/i18n/use-lang';
import classes from './Chart.module.css';
import { rounded, type Threshold, withClear, withLimit } from './rule';

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

interface Props {
  threshold: Threshold;
  scale: Scale;
  step: number;
  unit: string | undefined;
  onChange: (next: Threshold) => void;
  /** Whether a handle is being dragged. */
  onHold: (held: boolean) => void;
}

const LEAP = 10;

export function ThresholdLayer({ threshold, scale, step, unit, onChange, onHold }: Props) {
  const { t } = useTranslation('devices');
  const shared = { scale, step, unit, onHold };
  return (
    <>
      <Handle
        {...shared}
        kind="clear"
        label={t('threshold.clear')}
        value={threshold.clear}
        onMove={(value) => onChange(withClear(threshold, value))}
      />
      <Handle
        {...shared}
        kind="limit"
        label={t(threshold.side === 'above' ? 'threshold.above' : 'threshold.below')}
        value={threshold.limit}
        onMove={(value) => onChange(withLimit(threshold, value, step))}
      />
    </>
  );
}

interface HandleProps extends Pick<Props, 'scale' | 'step' | 'unit' | 'onHold'> {
  kind: 'limit' | 'clear';
  label: string;
  value: number;
  onMove: (value: number) => void;
}

function Handle({ kind, label, value, scale, step, unit, onMove, onHold }: HandleProps) {
  const show = useFormats();
  const held = useRef<{ y: number; value: number }>(undefined);
  const perPixel = (scale.max - scale.min) / scale.height;
  const y = scale.top + (scale.max - value) / perPixel;
  const text = `${show.number(value)}${unit === undefined ? '' : ` ${unit}`}`;
  const move = (next: number) => onMove(rounded(next, step));

  const keys = (event: React.KeyboardEvent) => {
    const by = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: LEAP, PageDown: -LEAP }[
      event.key
    ];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(value + by * step);
  };
  const release = () => {
    if (held.current === undefined) return;
    held.current = undefined;
    onHold(false);
  };
  return (
    <div
      className={classes.level}
      data-kind={kind}
      style={{
        top: Math.min(Math.max(y, scale.top), scale.top + scale.height),
        left: scale.left,
        width: scale.width,
      }}
    >
      <div
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-orientation="vertical"
        aria-valuemin={rounded(Math.min(scale.min, value), step)}
        aria-valuemax={rounded(Math.max(scale.max, value), step)}
        aria-valuenow={value}
        aria-valuetext={text}
        className={classes.handle}
        onKeyDown={keys}
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          event.currentTarget.focus();
          held.current = { y: event.clientY, value };
          onHold(true);
        }}
        onPointerMove={(event) => {
          if (held.current !== undefined)
            move(held.current.value - (event.clientY - held.current.y) * perPixel);
        }}
        onPointerUp={release}
        onPointerCancel={release}
      >
        <span aria-hidden className={classes.grip} />
        {text}
      </div>
    </div>
  );
}
