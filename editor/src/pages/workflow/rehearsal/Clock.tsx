/** The clock of a rehearsal: a slider over its moments, and a button to the next. Knows times; never what happens. */
import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/i18n/use-lang';
import classes from './Rehearsal.module.css';
import { besides, endOf, type Story, timeAt, UNITS, unitsOf } from './story';

interface Props {
  story: Story;
  now: number;
  move: (time: number) => void;
  busy: boolean;
}

export function Clock({ story, now, move, busy }: Props) {
  const { t } = useTranslation('rehearsal');
  const show = useFormats();
  const moment = show.moment(new Date(story.start + now).toISOString());
  const after = now === 0 ? t('clock.start') : t('clock.after', { span: show.span(now) });
  return (
    <div className={classes.clock} aria-busy={busy}>
      <div className={classes.clockWords}>
        <strong>{after}</strong>
        <span className="soft">{moment}</span>
      </div>
      <div className={classes.clockRow}>
        <ActionIcon
          variant="default"
          size={32}
          aria-label={t('clock.back')}
          disabled={now === 0}
          onClick={() => move(besides(story, now, -1))}
        >
          <IconChevronLeft size={18} aria-hidden />
        </ActionIcon>
        <input
          type="range"
          className={classes.slider}
          aria-label={t('clock.label')}
          aria-valuetext={`${after}, ${moment}`}
          min={0}
          max={UNITS * (story.moments.length - 1)}
          value={unitsOf(story, now)}
          onChange={(event) => move(timeAt(story, Number(event.currentTarget.value)))}
        />
        <ActionIcon
          variant="default"
          size={32}
          aria-label={t('clock.next')}
          disabled={now >= endOf(story)}
          onClick={() => move(besides(story, now, 1))}
        >
          <IconChevronRight size={18} aria-hidden />
        </ActionIcon>
      </div>
    </div>
  );
}
