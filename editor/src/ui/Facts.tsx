/** A few facts in a row: what each is called, and what it is. Knows no fact. */
import classes from './Facts.module.css';

type Fact = readonly [name: string, value: React.ReactNode];

export function Facts({ facts }: { facts: ReadonlyArray<Fact | false> }) {
  return (
    <dl className={classes.facts}>
      {facts
        .filter((fact) => fact !== false)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
