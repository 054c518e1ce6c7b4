/** Data as people can read it: names and values, nested things folded. Knows JSON and nothing of its meaning. */
import classes from './JsonView.module.css';

export function JsonView({ value, name }: { value: unknown; name?: string }) {
  if (isFolded(value)) {
    return (
      <details className={classes.fold}>
        <summary>
          {name !== undefined && <span className={classes.name}>{name}</span>} <Size value={value} />
        </summary>
        <Entries value={value} />
      </details>
    );
  }
  return (
    <div className={classes.entry}>
      {name !== undefined && <span className={classes.name}>{name}</span>}
      <Plain value={value} />
    </div>
  );
}

/** The entries of an object or list without a fold around them. */
export function JsonEntries({ value }: { value: unknown }) {
  return isFolded(value) ? <Entries value={value} /> : <JsonView value={value} />;
}

function isFolded(value: unknown): value is object {
  return value !== null && typeof value === 'object' && Object.keys(value).length > 0;
}

function Entries({ value }: { value: object }) {
  return (
    <div className={classes.entries}>
      {Object.entries(value).map(([key, inner]) => (
        <JsonView key={key} name={key} value={inner} />
      ))}
    </div>
  );
}

function Size({ value }: { value: object }) {
  const count = Object.keys(value).length;
  return <span className={classes.size}>{Array.isArray(value) ? `[${count}]` : `{${count}}`}</span>;
}

function Plain({ value }: { value: unknown }) {
  const kind = value === null ? 'null' : typeof value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <span className={classes.value} data-kind={kind}>
      {text}
    </span>
  );
}
