/**
 * The head of every page: its one `h1`, its document title, and where the focus goes when somebody arrives.
 *
 * Knows routing only as "somebody arrived"; never what a page is about.
 */
import { useMatch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { takeArrival } from './arrival';
import classes from './PageHead.module.css';

interface Props {
  title: string;
  /** One sentence below it. */
  lead?: React.ReactNode;
  /** What stands above it: the way back. */
  back?: React.ReactNode;
  /** What stands beside the title: a state. */
  beside?: React.ReactNode;
  actions?: React.ReactNode;
}

export function PageHead({ title, lead, back, beside, actions }: Props) {
  const { t } = useTranslation();
  const path = useMatch({ strict: false, select: (match) => match.pathname });
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = t('page_title', { title });
  }, [title, t]);

  useEffect(() => {
    if (takeArrival(path)) heading.current?.focus({ preventScroll: true });
  }, [path]);

  return (
    <header className={classes.head}>
      {back !== undefined && <div className={classes.back}>{back}</div>}
      <div className={classes.row}>
        <div className={classes.words}>
          <div className={classes.titleRow}>
            <h1 className={classes.title} tabIndex={-1} ref={heading}>
              {title}
            </h1>
            {beside}
          </div>
          {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </div>
    </header>
  );
}
