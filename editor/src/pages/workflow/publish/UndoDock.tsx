/** What was just published, and the way back. Knows a version and a moment. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useDraftParts } from '../draft';
import { Dock } from '../overlay/Dock';
import classes from '../overlay/Dock.module.css';
import { publicationQuery } from './requests';
import { UndoButton } from './UndoButton';

export function UndoDock({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('publish');
  const { workflow } = useDraftParts();
  const { data } = useQuery(publicationQuery(workflow.id));
  if (!data?.live) return null;
  return (
    <Dock label={t('is_live', { version: data.live.version })} onClose={onClose}>
      <span className={classes.title}>{t('is_live', { version: data.live.version })}</span>
      <UndoButton until={data.undo_until} onUndone={onClose} />
    </Dock>
  );
}
