/** A rehearsal as a list of what happens, what is still to come fainter. Knows steps by their words; never a node. */
import { useTranslation } from 'react-i18next';
import { sentence } from '@/i18n/sentence';
import { useFormats } from '@/i18n/use-lang';
import { placeOf } from '@/model';
import { Mark, type Tone } from '@/ui/Mark';
import { StepData } from '@/widgets/run/StepData';
import { stepStatus, stepTone, type Told } from '@/widgets/run/story';
import { useKindTitle } from '@/widgets/run/titles';
import { Why } from '@/widgets/run/Why';
import { useDocument, useDraftParts } from '../draft';
import { useTitles } from '../say';
import { useWords } from '../steps/words';
import { goTo } from '../ui';
import classes from './Rehearsal.module.css';
import type { Entry, Rehearsed } from './requests';
import type { Story } from './story';

interface Props {
  rehearsed: Rehearsed;
  story: Story;
  now: number;
}

export function StoryList({ rehearsed, story, now }: Props) {
  const { t } = useTranslation('rehearsal');
  const show = useFormats();
  const several = rehearsed.runs.length > 1;
  return (
    <>
      <ol className={classes.story}>
        {rehearsed.entries.map((entry, index) => {
          const after = Date.parse(entry.at) - story.start;
          const before = rehearsed.entries[index - 1];
          const isFirst = before === undefined || before.at !== entry.at;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a story is told anew as a whole
            <li key={index} className={classes.entry} data-later={after > now || undefined}>
              <div className={classes.when} title={show.moment(entry.at)}>
                {isFirst && <div>{after === 0 ? t('clock.zero') : `+${show.span(after)}`}</div>}
                {several && entry.run > 0 && (
                  <div className={classes.run}>{t('story.run', { number: entry.run })}</div>
                )}
              </div>
              <div className={classes.what}>
                {entry.step === null ? (
                  <Event entry={entry} />
                ) : (
                  <StepEntry entry={entry} step={entry.step} />
                )}
              </div>
            </li>
          );
        })}
      </ol>
      {rehearsed.truncated && <p className="soft">{t('story.truncated')}</p>}
    </>
  );
}

function StepEntry({ entry, step }: { entry: Entry; step: string }) {
  const { t } = useTranslation('runs');
  const { ui } = useDraftParts();
  const words = useWords();
  const kindTitle = useKindTitle();
  const place = placeOf(useDocument(), step);
  const title = place ? words.step(place.step).title : kindTitle(entry.kind);
  // What a wait was given stands in its words.
  const isEnded = entry.status !== 'waiting' && entry.kind !== 'wait';
  const told: Told = {
    status: entry.status,
    reason: entry.reason,
    reason_code: entry.reason_code,
    input: entry.until === null ? entry.input : { ...entry.input, until: entry.until },
    output: entry.output,
  };
  return (
    <>
      <div className={classes.entryHead}>
        <button type="button" className={classes.step} onClick={() => goTo(ui, step)}>
          {title}
        </button>
        <span className={classes.id}>{step}</span>
        <Mark tone={stepTone(entry)}>{t(`step.${stepStatus(entry)}`)}</Mark>
      </div>
      <Why step={told} now={Date.parse(entry.at)} />
      {isEnded && <StepData step={entry} />}
    </>
  );
}

const TOLD = {
  started: 'good',
  not_started: 'wait',
  queued: 'wait',
  running: 'info',
  completed: 'good',
  exited: 'calm',
  failed: 'bad',
  cancelled: 'calm',
  waiting: 'wait',
} as const satisfies Record<string, Tone>;

/** What befalls the whole run, or nobody in particular. */
function Event({ entry }: { entry: Entry }) {
  const { t } = useTranslation('rehearsal');
  const titles = useTitles();
  const type = entry.output?.type;
  if (entry.kind === 'event') {
    return <Mark tone="info">{t('entry.arrived', { event: titles.event(String(type ?? '')) })}</Mark>;
  }
  if (entry.kind === 'goal') {
    return <Mark tone="good">{t('entry.goal', { event: titles.event(entry.reason ?? '') })}</Mark>;
  }
  if (entry.kind === 'note') return <span>{sentence(entry.reason ?? '')}</span>;
  const status = (Object.keys(TOLD) as (keyof typeof TOLD)[]).find((known) => known === entry.status);
  if (!status) return <span lang="en">{entry.status}</span>;
  const outcome = entry.output?.outcome;
  return (
    <>
      <Mark tone={TOLD[status]}>
        {t(`entry.${status}`)}
        {status === 'started' && entry.run > 1 && entry.reason !== null && `: ${titles.event(entry.reason)}`}
        {typeof outcome === 'string' && ` · ${outcome}`}
      </Mark>
      {status !== 'started' && entry.reason !== null && (
        <p className={classes.because}>{sentence(entry.reason)}</p>
      )}
    </>
  );
}
