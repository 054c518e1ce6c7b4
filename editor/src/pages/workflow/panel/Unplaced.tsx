/** The problems that no field of the panel shows, so that none is ever hidden. Knows where fields say that they are. */
import { useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isWithin } from '@/model';
import { Rich } from '@/ui/Rich';
import classes from './Frame.module.css';
import type { PlacedProblem } from './problems';

export function Unplaced({ errors }: { errors: readonly PlacedProblem[] }) {
  const { t } = useTranslation('panel');
  const place = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<readonly string[]>([]);
  useLayoutEffect(() => {
    const body = place.current?.closest('[data-panel-body]');
    const fields = [...(body?.querySelectorAll<HTMLElement>('[data-field]') ?? [])];
    const paths = fields.map((field) => field.dataset.field ?? '');
    setShown((before) => (before.join() === paths.join() ? before : paths));
  });
  const left = errors.filter(({ path }) => !shown.some((field) => isWithin(path, field)));
  return (
    <div ref={place} style={{ display: left.length === 0 ? 'none' : undefined }}>
      <ul
        className={classes.problems}
        aria-label={t('problems')}
        data-mild={left.every((error) => error.severity === 'warning') || undefined}
      >
        {left.map((error) => (
          <li key={`${error.path}${error.message}`}>
            <Rich text={error.message} />
            {error.hint && (
              <span className={classes.hint}>
                <Rich text={error.hint} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
