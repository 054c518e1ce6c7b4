/** The draft as the text it is: written, completed by the schema, judged by the checker. Knows no step. */
import { Skeleton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemView } from '@/ui/ProblemView';
import { useDraftParts, useReadOnly } from '../draft';
import { useStore } from '../store';
import { CodePane } from './CodePane';
import { draftSources, tabTextKeeper } from './requests';
import { TextSync } from './sync';
import classes from './TextView.module.css';

const TIMERS = {
  now: () => Date.now(),
  after: (ms: number, call: () => void) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

export function TextView() {
  const { t } = useTranslation('text');
  const { workflow, session } = useDraftParts();
  const readOnly = useReadOnly();
  const mayWrite = useRef(!readOnly);
  mayWrite.current = !readOnly;
  const [sync] = useState(() => {
    const { id } = workflow;
    return new TextSync(session, draftSources(id), tabTextKeeper(id), TIMERS, () => mayWrite.current);
  });
  useEffect(() => {
    void sync.start();
    return () => sync.stop();
  }, [sync]);
  const isThere = useStore(sync.store, (state) => state.text !== undefined);
  const error = useStore(sync.store, (state) => state.error);
  const isBroken = useStore(sync.store, (state) => state.faults.length > 0);
  return (
    <section className={classes.view} aria-label={t('label')}>
      {error != null && <ProblemView error={error} retry={() => void sync.retry()} />}
      {isBroken && (
        <p className={classes.fault} role="status">
          {t('fault')}
        </p>
      )}
      {isThere && <CodePane sync={sync} readOnly={readOnly} />}
      {!isThere && error == null && <Skeleton className={classes.bones} height="60%" radius={0} />}
    </section>
  );
}
