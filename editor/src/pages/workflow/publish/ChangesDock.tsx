/** What would be published, on the cards. Knows changes; never a step. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useDocument, useDraftParts } from '../draft';
import { Dock } from '../overlay/Dock';
import classes from '../overlay/Dock.module.css';
import { hideOverlay, showOverlay } from '../overlay/store';
import { changeMarks } from './changes';
import { publicationQuery } from './requests';
import { useChanges } from './use-changes';

export function ChangesDock({ publish }: { publish: () => void }) {
  const { t } = useTranslation('publish');
  const parts = useDraftParts();
  const draft = useDocument();
  const { data } = useQuery(publicationQuery(parts.workflow.id));
  const { live, differences, fieldOf } = useChanges(data?.live?.version);
  useEffect(() => {
    if (!live) return;
    const marks = changeMarks(live, draft, differences, fieldOf, {
      added: t('mark.added'),
      moved: t('mark.moved'),
      off: t('mark.off'),
      on: t('mark.on'),
      changed: (fields) => t('mark.changed', { fields: fields.join(', ') }),
    });
    showOverlay(parts, 'changes', marks);
  }, [live, draft, differences, fieldOf, parts, t]);
  const removed = differences.filter(({ kind }) => kind === 'removed').map(({ step }) => step);
  return (
    <Dock label={t('changes.title')} onClose={() => hideOverlay(parts, 'changes')}>
      <span className={classes.title}>{t('changes.count', { count: differences.length })}</span>
      {removed.length > 0 && (
        <span className="soft">{t('changes.removed', { steps: removed.join(', ') })}</span>
      )}
      <Button size="xs" onClick={publish}>
        {t('open')}
      </Button>
    </Dock>
  );
}
