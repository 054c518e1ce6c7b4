/** Searches the steps of this workflow by title, line, name and note, and goes there. Knows words; never the layout. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { kindOf, named, placesOf, type StepId, textAt } from '@/model';
import { useDocument, useDraftParts } from '../draft';
import { ChoiceList } from '../palette/ChoiceList';
import type { Entry } from '../palette/entries';
import { useStepPicture } from '../palette/icons';
import { unfoldedFor } from '../steps/stops';
import { useWords } from '../steps/words';
import { goTo } from '../ui';
import classes from './Tools.module.css';

export function Find() {
  const { t } = useTranslation('editor');
  const { ui } = useDraftParts();
  const document = useDocument();
  const words = useWords();
  const picture = useStepPicture();
  const entries = useMemo(
    () =>
      [...placesOf(named(document)).values()].map(({ key, step }): Entry<StepId> => {
        const { title, line } = words.step(step);
        const found = [key, textAt(step, 'note') ?? '', kindOf(step) ?? ''];
        return {
          id: key,
          group: t('canvas.steps'),
          title,
          line: `${key} · ${line}`,
          words: found,
          picture: picture(step),
          item: key,
        };
      }),
    [document, words, picture, t],
  );
  const close = () => ui.set({ finding: false });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape ends the search from any place in it
    <div
      className={`${classes.find} nowheel nopan`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
        goTo(ui, ui.get().current);
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <ChoiceList
        entries={entries}
        label={t('canvas.find')}
        focus
        onChoose={(key) => {
          close();
          goTo(ui, key, { collapsed: unfoldedFor(document, key, ui.get().collapsed) });
        }}
      />
    </div>
  );
}
