/** What the draft would do, without doing it: on one case with a clock to move, or over the events of the last days. Knows no step. */
import { SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Canvas } from '../canvas/Canvas';
import { useDraftParts } from '../draft';
import { NARROW } from '../Editor';
import { OneCase } from './OneCase';
import { PastPart } from './PastPart';
import classes from './Rehearsal.module.css';

type Mode = 'one' | 'past';

export function RehearsalView() {
  const { t } = useTranslation('rehearsal');
  const { ui } = useDraftParts();
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  const [mode, setMode] = useState<Mode>('one');
  // The story stands where the panel would; a card that is clicked opens it again.
  useEffect(() => ui.set({ panel: undefined }), [ui]);
  return (
    <div className={classes.view}>
      {narrow !== true && (
        <div className={classes.canvas}>
          <Canvas />
        </div>
      )}
      <section className={classes.side} aria-label={t('label')}>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t('label')}
          value={mode}
          onChange={(next) => setMode(next === 'past' ? 'past' : 'one')}
          data={[
            { value: 'one', label: t('one.tab') },
            { value: 'past', label: t('past.tab') },
          ]}
        />
        {mode === 'one' ? <OneCase /> : <PastPart open={() => setMode('one')} />}
      </section>
    </div>
  );
}
