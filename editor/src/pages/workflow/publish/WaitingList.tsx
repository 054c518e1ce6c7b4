/** Who waits where in the versions before, and what becomes of them: a choice per step. Knows steps by their words. */
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Document, kindOf, type Place, placeOf, placesOf } from '@/model';
import { useDocument } from '../draft';
import { useWords } from '../steps/words';
import classes from './Publish.module.css';
import type { Choice, WaitingView } from './requests';

const DEEDS: readonly Choice['choice'][] = ['finish', 'move', 'exit'];

/** Nobody can be moved into one of several lanes: where would the others be? */
function isInLane(document: Document, place: Place): boolean {
  const around = place.parent && placeOf(document, place.parent.key);
  if (!around) return false;
  const kind = kindOf(around.step);
  return kind === 'parallel' || kind === 'each' || isInLane(document, around);
}

interface Props {
  waiting: readonly WaitingView[];
  live: Document | undefined;
  chosen: readonly Choice[];
  choose: (chosen: readonly Choice[]) => void;
}

/** What was chosen for people at a step; to finish is what happens without a choice. */
export function chosenFor(chosen: readonly Choice[], at: WaitingView): Choice {
  return (
    chosen.find((one) => one.version === at.version && one.step === at.step) ?? {
      version: at.version,
      step: at.step,
      choice: 'finish',
    }
  );
}

export function WaitingList({ waiting, live, chosen, choose }: Props) {
  const { t } = useTranslation('publish');
  const draft = useDocument();
  const words = useWords();
  const places = [...placesOf(draft).values()].filter((place) => !isInLane(draft, place));
  const targets = places.map((place) => {
    const { title, line } = words.step(place.step);
    return { value: place.key, label: [place.key, title, line].filter(Boolean).join(' · ') };
  });
  const titleOf = (step: string): string => {
    const place = (live && placeOf(live, step)) ?? placeOf(draft, step);
    return place ? words.step(place.step).title : '';
  };
  const set = (at: WaitingView, next: Omit<Choice, 'version' | 'step'>): void =>
    choose([
      ...chosen.filter((one) => one.version !== at.version || one.step !== at.step),
      { version: at.version, step: at.step, ...next },
    ]);
  return (
    <ul className={classes.waiting}>
      {waiting.map((at) => {
        const { choice, to } = chosenFor(chosen, at);
        const name = titleOf(at.step);
        const own = places.find((place) => place.key === at.step)?.key;
        return (
          <li key={`${at.version} ${at.step}`}>
            <div className={classes.waitingWords}>
              {name !== '' && <strong>{name}</strong>} <code>{at.step}</code>
              <span className="soft">
                {t('waiting.people', { count: at.runs })} · {t('waiting.version', { version: at.version })}
              </span>
            </div>
            <Select
              aria-label={t('waiting.choice', { step: at.step })}
              value={choice}
              onChange={(next) => {
                const picked = DEEDS.find((one) => one === next) ?? 'finish';
                set(
                  at,
                  picked === 'move' && own !== undefined ? { choice: picked, to: own } : { choice: picked },
                );
              }}
              data={DEEDS.map((value) => ({ value, label: t(`waiting.choices.${value}`) }))}
            />
            {choice === 'move' && (
              <Select
                aria-label={t('waiting.to', { step: at.step })}
                placeholder={t('waiting.to_which')}
                searchable
                value={to ?? null}
                error={to === undefined}
                onChange={(next) => set(at, next === null ? { choice } : { choice, to: next })}
                data={targets}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}
