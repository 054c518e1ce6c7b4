/** Everything that can be put into a flow, beside the canvas, to be dragged to a `+` or added behind the current step. */
import { CloseButton } from '@mantine/core';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { DragContext } from '../canvas/drag';
import { useDraftParts } from '../draft';
import { useDeeds } from '../steps/deeds';
import { slotOf, standable } from '../steps/stops';
import { ChoiceList } from './ChoiceList';
import { useChoices } from './entries';
import classes from './Shelf.module.css';

export function Shelf() {
  const { t } = useTranslation('blocks');
  const { session, ui } = useDraftParts();
  const deeds = useDeeds();
  const grab = useContext(DragContext);
  return (
    <aside className={classes.shelf} aria-label={t('shelf')}>
      <div className={classes.head}>
        <h2>{t('shelf')}</h2>
        <CloseButton aria-label={t('close')} onClick={() => ui.set({ shelf: false })} />
      </div>
      <p className={classes.help}>{t('shelf_help')}</p>
      <ChoiceList
        entries={useChoices()}
        label={t('search_steps')}
        focus
        onChoose={(choice) =>
          deeds.put(choice, slotOf(session.document, standable(session.document, ui.get().current)))
        }
        onGrab={(event, { item, title }) => grab(event, { kind: 'new', choice: item, title })}
      />
    </aside>
  );
}
