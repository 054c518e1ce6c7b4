/** What was just published, and the way back. Knows a moment; never a version. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useDraftParts } from '../draft';
import { Dock } from '../overlay/Dock';
import classes from '../overlay/Dock.module.css';
import { publicationQuery } from './requests';
import { UndoButton } from './UndoButton';

export function UndoDock({ words, onClose }: { words: string; onClose: () => void }) {
  const { t } = useTranslation('publish');
  const { workflow } = useDraftParts();
  const { data } = useQuery(publicationQuery(workflow.id));
  return (
    <Dock label={t('published')} onClose={onClose}>
      <span className={classes.title} role="status">
        {words}
      </span>
      <UndoButton until={data?.undo_until ?? null} onUndone={onClose} />
    </Dock>
  );
}
