/** What is mostly meant, one press away; the focus goes on to the field. Knows words; never what they are for. */
import classes from './fields.module.css';

export interface Offer {
  readonly label: string;
  take(): void;
}

export function Suggestions({ offers }: { offers: readonly Offer[] }) {
  if (offers.length === 0) return null;
  return (
    <div className={classes.links}>
      {offers.map(({ label, take }) => (
        <button
          key={label}
          type="button"
          className={classes.suggestion}
          onClick={(event) => {
            const field = event.currentTarget.closest('[data-field]');
            take();
            // What was pressed is gone by then.
            requestAnimationFrame(() =>
              field?.querySelector<HTMLElement>('[role="textbox"], input:not([type="hidden"])')?.focus(),
            );
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
