/** Why a draft cannot be rehearsed, each fault leading to its step. Knows problems; never what is wrong. */
import { useTranslation } from 'react-i18next';
import { placeAt, TRIGGER } from '@/model';
import { Rich } from '@/ui/Rich';
import { useDocument, useDraftParts } from '../draft';
import type { Problem } from '../session/parts';
import { goTo } from '../ui';
import classes from './Rehearsal.module.css';

export function Invalid({ problems }: { problems: readonly Problem[] }) {
  const { t } = useTranslation('rehearsal');
  const { ui } = useDraftParts();
  const document = useDocument();
  const errors = problems.filter((problem) => problem.severity === 'error');
  return (
    <div className={classes.invalid}>
      <h2 className={classes.small}>{t('invalid')}</h2>
      <ul>
        {errors.map((problem) => (
          <li key={`${problem.path}${problem.code}${problem.message}`}>
            <button
              type="button"
              className={classes.fault}
              onClick={() => {
                const key = placeAt(document, problem.path)?.key ?? TRIGGER;
                goTo(ui, key, { panel: key, field: problem.path });
              }}
            >
              <Rich text={problem.message} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
