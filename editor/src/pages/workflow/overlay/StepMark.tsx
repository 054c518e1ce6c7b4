/** The signs of the overlay on one card or row. Knows chips; never what they count. */
import { IconAlertTriangle, IconArrowsSplit, IconClock, IconUsers } from '@tabler/icons-react';
import { useDraftParts } from '../draft';
import { useStore } from '../store';
import classes from './StepMark.module.css';
import { type Chip, overlayOf } from './store';

const ICONS: Record<NonNullable<Chip['icon']>, typeof IconUsers> = {
  people: IconUsers,
  clock: IconClock,
  alert: IconAlertTriangle,
  ways: IconArrowsSplit,
};

export function StepMark({ stepKey }: { readonly stepKey: string }) {
  const { session } = useDraftParts();
  const chips = useStore(overlayOf(session), (overlay) => overlay.marks.get(stepKey));
  return chips?.map((chip) => <ChipView key={`${chip.icon}${chip.tone}`} chip={chip} />);
}

function ChipView({ chip }: { chip: Chip }) {
  const Icon = chip.icon && ICONS[chip.icon];
  return (
    <span
      className={classes.chip}
      data-tone={chip.tone}
      data-pulse={chip.pulse || undefined}
      title={chip.whole}
    >
      {Icon && <Icon size={13} aria-hidden />}
      <span className={classes.words} aria-hidden={chip.whole !== undefined}>
        {chip.words}
      </span>
      {chip.whole !== undefined && <span className="visually-hidden">{chip.whole}</span>}
      <span className="visually-hidden">. </span>
    </span>
  );
}
