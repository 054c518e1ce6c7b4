/** What a workflow without anything begins with: choosing what starts it. Knows the triggers; never a step. */
import { useTranslation } from 'react-i18next';
import { STEPS, setHeader, TRIGGER, topSteps, triggerSummary } from '@/model';
import { useDraftPart, useDraftParts, usePerform, useReadOnly } from '../draft';
import { emptyStop } from '../steps/stops';
import { goTo } from '../ui';
import { ChoiceList } from './ChoiceList';
import { useTriggers } from './entries';
import classes from './Guide.module.css';

/** Whether there is nothing yet to draw. */
export function useIsBlank(): boolean {
  const readOnly = useReadOnly();
  const isBlank = useDraftPart(
    ({ history: { document } }) =>
      topSteps(document).length === 0 && triggerSummary(document).key === 'summary.trigger_none',
  );
  return isBlank && !readOnly;
}

export function Guide() {
  const { t } = useTranslation('blocks');
  const { session, ui } = useDraftParts();
  const perform = usePerform();
  return (
    <div className={classes.guide}>
      <section className={classes.card} aria-label={t('guide_title')}>
        <h2 className={classes.title}>{t('guide_title')}</h2>
        <p className={classes.lead}>{t('guide_lead')}</p>
        <ChoiceList
          entries={useTriggers()}
          label={t('search_starts')}
          focus
          onChoose={({ value }) => {
            if (!perform(setHeader(session.document, '/trigger', value))) return;
            // The next thing to do is the first step.
            goTo(ui, emptyStop(STEPS), { selected: new Set([TRIGGER]) });
          }}
        />
      </section>
    </div>
  );
}
