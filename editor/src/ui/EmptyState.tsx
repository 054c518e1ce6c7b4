/** A list that holds nothing yet: says what will be here and what brings it. Knows no list. */
import type { Icon } from '@tabler/icons-react';
import classes from './EmptyState.module.css';

interface Props {
  icon: Icon;
  title: string;
  children: React.ReactNode;
  actions?: React.ReactNode;
}

export function EmptyState({ icon: Shape, title, children, actions }: Props) {
  return (
    <section className={classes.empty}>
      <span className={classes.mark} aria-hidden>
        <Shape size={26} stroke={1.6} />
      </span>
      <h2 className={classes.title}>{title}</h2>
      <p className={classes.words}>{children}</p>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </section>
  );
}
