/** The checker's report before publishing, each line leading to its step. Knows problems; never what is wrong. */
import { useTranslation } from 'react-i18next';
import { placeAt, TRIGGER } from '@/model';
import { Rich } from '@/ui/Rich';
import { useDocument, useDraftParts } from '../draft';
import type { Problem } from '../session/parts';
import { goTo } from '../ui';
import classes from './Publish.module.css';

export function ProblemLinks({ problems, onGo }: { problems: readonly Problem[]; onGo: () => void }) {
  const { t } = useTranslation(['publish', 'editor']);
  const { ui } = useDraftParts();
  const document = useDocument();
  if (problems.length === 0) return <p className={classes.good}>{t('publish:checks.none')}</p>;
  return (
    <ul className={classes.problems}>
      {problems.map((problem) => {
        const key = placeAt(document, problem.path)?.key;
        return (
          <li key={`${problem.path}${problem.code}${problem.message}`} data-severity={problem.severity}>
            <button
              type="button"
              className={classes.problem}
              onClick={() => {
                onGo();
                goTo(ui, key ?? TRIGGER, { panel: key ?? TRIGGER, field: problem.path });
              }}
            >
              <span className={classes.where}>{key ?? t('editor:problems.workflow')}</span>
              <Rich text={problem.message} />
              {problem.hint !== '' && (
                <span className="soft">
                  {' '}
                  <Rich text={problem.hint} />
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
