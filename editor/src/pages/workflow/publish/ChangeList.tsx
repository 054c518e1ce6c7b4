/** Differences as sentences, those of one step together. Knows differences; never how they were found. */
import { useTranslation } from 'react-i18next';
import { type Difference, placeOf } from '@/model';
import { useDocument, useDraftParts } from '../draft';
import { useSay } from '../say';
import { useWords } from '../steps/words';
import { goTo } from '../ui';
import { shownValue } from './changes';
import classes from './Publish.module.css';
import type { Changes } from './use-changes';

export function ChangeList({ changes, onGo }: { changes: Changes; onGo: () => void }) {
  const { t } = useTranslation('publish');
  if (changes.differences.length === 0) return <p className="soft">{t('changes.none')}</p>;
  return (
    <ul className={classes.changes}>
      {changes.differences.map((difference, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is made anew as a whole
        <li key={index} data-kind={difference.kind}>
          <Sentence difference={difference} changes={changes} onGo={onGo} />
        </li>
      ))}
    </ul>
  );
}

function Sentence({
  difference,
  changes,
  onGo,
}: {
  difference: Difference;
  changes: Changes;
  onGo: () => void;
}) {
  const { t } = useTranslation('publish');
  const { ui } = useDraftParts();
  const say = useSay();
  const titles = useWords();
  const draft = useDocument();
  const { live } = changes;
  const { sentence, step, kind } = difference;
  const place = step === undefined ? undefined : placeOf(kind === 'removed' ? (live ?? draft) : draft, step);
  const values = { ...sentence.values, field: changes.fieldOf(difference) };
  const words = say({
    ...sentence,
    values: place ? { ...values, step: `${titles.step(place.step).title} · ${step}` } : values,
  });
  const isShown = kind === 'changed' || kind === 'header';
  const [from, to] = isShown ? [shownValue(difference.from), shownValue(difference.to)] : [];
  return (
    <>
      {step !== undefined && kind !== 'removed' ? (
        <button
          type="button"
          className={classes.link}
          onClick={() => {
            onGo();
            goTo(ui, step);
          }}
        >
          {words}
        </button>
      ) : (
        <span>{words}</span>
      )}
      {(from ?? to) !== undefined && (
        <span className={classes.values}>
          {from !== undefined && <del>{from}</del>}
          {from !== undefined && to !== undefined && (
            <>
              <span aria-hidden> → </span>
              <span className="visually-hidden">{t('changes.becomes')}</span>
            </>
          )}
          {to !== undefined && <ins>{to}</ins>}
        </span>
      )}
    </>
  );
}
