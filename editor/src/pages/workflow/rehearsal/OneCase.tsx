/** The draft on one event: its clock, what else happens, the story until then and the phone. Knows no step. */
import { SegmentedControl, Skeleton } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/i18n/use-lang';
import { ProblemView } from '@/ui/ProblemView';
import { stepStatus } from '@/widgets/run/story';
import { useDocument, useDraftPart, useDraftParts, useSample } from '../draft';
import { runMarks } from '../overlay/marks';
import { hideOverlay, showOverlay } from '../overlay/store';
import { AnswersPart } from '../publish/AnswersPart';
import { unanswered } from '../publish/answers';
import { answersQuery } from '../publish/requests';
import { SampleBar } from '../sample/SampleBar';
import { Clock } from './Clock';
import { Happenings, type Injected } from './Happenings';
import { Invalid } from './Invalid';
import { Phone } from './Phone';
import classes from './Rehearsal.module.css';
import { type Entry, type Rehearsed, rehearse } from './requests';
import { StoryList } from './StoryList';
import { beginning, endOf, type Story, storyOf, until } from './story';

const NONE: readonly Injected[] = [];
const NO_ENTRIES: readonly Entry[] = [];

export function OneCase() {
  const { workflow } = useDraftParts();
  const { event, at } = useSample();
  const rev = useDraftPart((state) => state.rev);
  const [injected, setInjected] = useState(NONE);
  const played = useMemo(
    () => ({
      event,
      madeUp: at === undefined,
      happenings: injected.map(({ after, type, data }) => ({ after, type, data })),
    }),
    [event, at, injected],
  );
  const found = useQuery({
    queryKey: ['rehearsal', workflow.id, rev, played],
    queryFn: () => rehearse(workflow.id, played),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const story = useMemo(() => found.data && storyOf(found.data), [found.data]);
  const [moved, setMoved] = useState<number>();
  const now = story && found.data ? Math.min(moved ?? beginning(found.data), endOf(story)) : 0;
  useMarks(story, found.data, now);
  return (
    <>
      <SampleBar />
      <Missing />
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {found.data?.status === 'invalid' && <Invalid problems={found.data.problems} />}
      {!found.data && !found.isError && <Skeleton height={280} radius={12} />}
      {found.data && story && found.data.status !== 'invalid' && (
        <>
          <Clock story={story} now={now} move={setMoved} busy={found.isPlaceholderData} />
          <Happenings now={now} injected={injected} change={setInjected} />
          <Told rehearsed={found.data} story={story} now={now} />
        </>
      )}
    </>
  );
}

/** Nothing runs before what the flow asks is answered. */
function Missing() {
  const { workflow } = useDraftParts();
  const document = useDocument();
  const { data: answers } = useQuery(answersQuery(workflow.id));
  return answers && unanswered(document, answers).length > 0 ? <AnswersPart /> : null;
}

function Told({ rehearsed, story, now }: { rehearsed: Rehearsed; story: Story; now: number }) {
  const { t } = useTranslation('rehearsal');
  const [shown, setShown] = useState<'story' | 'phone'>('story');
  const messages = until(story, rehearsed.messages, now);
  return (
    <>
      <SegmentedControl
        size="xs"
        className={classes.shown}
        aria-label={t('shown')}
        value={shown}
        onChange={(next) => setShown(next === 'phone' ? 'phone' : 'story')}
        data={[
          { value: 'story', label: t('story.tab') },
          { value: 'phone', label: t('phone.tab', { count: messages.length }) },
        ]}
      />
      {shown === 'story' ? (
        <StoryList rehearsed={rehearsed} story={story} now={now} />
      ) : (
        <Phone rehearsed={rehearsed} story={story} now={now} />
      )}
    </>
  );
}

/** The way of the first run until then, on the cards. */
function useMarks(story: Story | undefined, rehearsed: Rehearsed | undefined, now: number): void {
  const { t } = useTranslation('runs');
  const parts = useDraftParts();
  const show = useFormats();
  const entries = rehearsed?.entries ?? NO_ENTRIES;
  useEffect(() => {
    if (!story) return;
    const steps = until(story, entries, now).flatMap((entry) =>
      entry.step === null || entry.run > 1
        ? []
        : [{ step: entry.step, status: entry.status, attempt: 1, started_at: entry.at }],
    );
    const marks = runMarks(steps, (step) => {
      const after = Date.parse(step.started_at) - story.start;
      const status = t(`step.${stepStatus(step)}`);
      return after === 0 ? status : `${status} · +${show.span(after)}`;
    });
    showOverlay(parts, 'rehearsal', marks);
  }, [story, entries, now, parts, show, t]);
  useEffect(() => () => hideOverlay(parts, 'rehearsal'), [parts]);
}
