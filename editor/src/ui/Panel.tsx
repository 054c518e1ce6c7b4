/** A part of a page with its own heading, on its own ground. Knows no part. */
import { useId } from 'react';
import classes from './Panel.module.css';

interface Props {
  title: string;
  lead?: React.ReactNode;
  actions?: React.ReactNode;
  /** Without a ground of its own: what is inside has one. */
  bare?: boolean;
  children: React.ReactNode;
}

export function Panel({ title, lead, actions, bare = false, children }: Props) {
  const id = useId();
  return (
    <section className={bare ? undefined : classes.panel} aria-labelledby={id}>
      <header className={classes.head}>
        <div>
          <h2 id={id} className={classes.title}>
            {title}
          </h2>
          {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}
