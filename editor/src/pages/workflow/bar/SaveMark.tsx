/** Whether everything is with the server, in one place. Knows the save states; never what is saved. */
import { IconAlertTriangle, IconCheck, IconCloudOff, IconLoader2 } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asApiError } from '@/api/problem';
import { Confirm } from '@/ui/Confirm';
import { ProblemView } from '@/ui/ProblemView';
import { useDraftPart, useDraftParts } from '../draft';
import type { SaveState } from '../session/parts';
import classes from './Bar.module.css';

const ICONS: Record<SaveState, typeof IconCheck> = {
  saved: IconCheck,
  saving: IconLoader2,
  offline: IconCloudOff,
  conflict: IconAlertTriangle,
  failed: IconAlertTriangle,
};

export function SaveMark() {
  const { t } = useTranslation(['editor', 'shell']);
  const { session } = useDraftParts();
  const state = useDraftPart((all) => all.save);
  const error = useDraftPart((all) => all.error);
  const [why, setWhy] = useState(false);
  const Icon = ICONS[state];
  return (
    <div className={classes.save} data-state={state}>
      <span role="status" className={classes.save} data-state={state}>
        <Icon size={16} aria-hidden />
        {t(`save.${state}`)}
      </span>
      {state === 'failed' && (
        <button type="button" className={classes.saveAct} onClick={() => setWhy(true)}>
          {t('save.why')}
        </button>
      )}
      <Confirm
        open={why}
        onClose={() => setWhy(false)}
        title={t('save.failed')}
        action={t('shell:try_again')}
        danger={false}
        onConfirm={() => {
          setWhy(false);
          session.retry();
        }}
      >
        <p>{t('save.kept')}</p>
        <ProblemView error={asApiError(error)} />
      </Confirm>
    </div>
  );
}
