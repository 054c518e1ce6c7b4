/** The mark and the name. Knows nothing. */
import classes from './Brand.module.css';

export function Brand() {
  return (
    <span className={classes.brand}>
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="9" fill="#0d6b61" />
        <path
          d="M10 9v5a4 4 0 0 0 4 4h4a4 4 0 0 1 4 4v1"
          fill="none"
          stroke="#fff"
          strokeWidth="2.6"
          strokeLinecap="round"
        />
        <circle cx="10" cy="8.5" r="3" fill="#fff" />
        <circle cx="22" cy="23.5" r="3" fill="#7fd1c3" />
      </svg>
      <span translate="no">{'operandi'}</span>
    </span>
  );
}
