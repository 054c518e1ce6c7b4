/** The problems of a text below it, each leading to its line. Knows problems; never what is wrong. */
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Rich } from '@/ui/Rich';
import type { Problem } from '../session/parts';
import classes from './TextView.module.css';

interface Props {
  problems: readonly Problem[];
  go: (problem: Problem) => void;
  children: React.ReactNode;
}

export function ProblemList({ problems, go, children }: Props) {
  const { t } = useTranslation(['text', 'editor']);
  return (
    <footer className={classes.foot}>
      <div className={classes.footHead}>
        <h2 className={classes.footTitle} data-bad={problems.length > 0 || undefined}>
          {problems.length > 0 ? (
            <IconAlertTriangle size={16} aria-hidden />
          ) : (
            <IconCircleCheck size={16} aria-hidden />
          )}
          {problems.length > 0 ? t('editor:problems.count', { count: problems.length }) : t('text:none')}
        </h2>
        {children}
      </div>
      {problems.length > 0 && (
        <ul className={classes.problems}>
          {problems.map((problem) => (
            <li key={`${problem.line}:${problem.column}:${problem.code}:${problem.message}`}>
              <button
                type="button"
                className={classes.problem}
                data-severity={problem.severity}
                onClick={() => go(problem)}
              >
                <span className={classes.line}>{t('text:line', { line: problem.line })}</span>
                <span>
                  <Rich text={problem.message} />
                  {problem.hint !== '' && (
                    <span className={classes.hint}>
                      {' '}
                      <Rich text={problem.hint} />
                    </span>
                  )}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </footer>
  );
}
