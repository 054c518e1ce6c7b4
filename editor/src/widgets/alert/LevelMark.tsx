/** How grave an alert is, by shape and word; the colour only repeats it. Knows the levels. */
import {
  IconAlertOctagonFilled,
  IconAlertTriangleFilled,
  IconInfoCircleFilled,
  IconUrgent,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { AlertState, Level } from '@/api/sensors';
import { Mark, type Tone } from '@/ui/Mark';
import classes from './alert.module.css';

const SHAPES: Record<Level, typeof IconUrgent> = {
  info: IconInfoCircleFilled,
  warning: IconAlertTriangleFilled,
  critical: IconAlertOctagonFilled,
  emergency: IconUrgent,
};

export function LevelMark({ level }: { level: Level }) {
  const { t } = useTranslation('alerts');
  const Shape = SHAPES[level];
  return (
    <span className={classes.level} data-level={level}>
      <Shape size={18} aria-hidden />
      {t(`level.${level}`)}
    </span>
  );
}

const TONES: Record<AlertState, Tone> = {
  active: 'bad',
  acknowledged: 'info',
  latched: 'wait',
  snoozed: 'calm',
  cleared: 'good',
};

export function AlertMark({ state }: { state: AlertState }) {
  const { t } = useTranslation('alerts');
  return <Mark tone={TONES[state]}>{t(`state.${state}`)}</Mark>;
}
