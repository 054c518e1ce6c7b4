/** Counts as bars, the largest first. Knows names and numbers; never what is counted. */
import { useId } from 'react';
import { useFormats } from '@/i18n/use-lang';
import classes from './Rehearsal.module.css';

interface Props {
  title: string;
  counts: Readonly<Record<string, number>>;
  name: (key: string) => string;
}

export function Bars({ title, counts, name }: Props) {
  const id = useId();
  const show = useFormats();
  const rows = Object.entries(counts).toSorted(([, one], [, other]) => other - one);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className={classes.small}>
        {title}
      </h2>
      <dl className={classes.bars}>
        {rows.map(([key, count]) => (
          <div key={key}>
            <dt>{name(key)}</dt>
            <dd>
              <svg className={classes.bar} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect width={(100 * count) / most} height="10" rx="1.5" />
              </svg>
              <span>{show.number(count)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
