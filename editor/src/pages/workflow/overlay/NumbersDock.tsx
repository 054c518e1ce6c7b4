/** The numbers of a period on the cards, and of the whole flow below. Knows counts; never a step. */
import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatLocale } from '@/i18n/languages';
import { useFormats, useLang } from '@/i18n/use-lang';
import { Mark } from '@/ui/Mark';
import { ProblemView } from '@/ui/ProblemView';
import { useDocument, useDraftParts } from '../draft';
import { useSay } from '../say';
import { Dock } from './Dock';
import classes from './Dock.module.css';
import { numberMarks, wayNamed } from './marks';
import { numbersQuery } from './requests';
import { hideOverlay, showOverlay } from './store';

const PERIODS = ['24', '168', '720', '2160'] as const;
type Period = (typeof PERIODS)[number];
/** Numbers of a busy shop change all the time: they are counted again so often. */
const AGAIN_MS = 15_000;
const COUNTS = ['started', 'completed', 'exited', 'failed', 'cancelled', 'converted'] as const;

export function NumbersDock() {
  const { t } = useTranslation('overlay');
  const parts = useDraftParts();
  const document = useDocument();
  const show = useFormats();
  const lang = useLang();
  const say = useSay();
  const [period, setPeriod] = useState<Period>('168');
  const found = useQuery({
    ...numbersQuery(parts.workflow.id, Number(period)),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  const { data } = found;
  useEffect(() => {
    if (!data) return;
    const share = new Intl.NumberFormat(formatLocale(lang), { style: 'percent', maximumFractionDigits: 0 });
    const marks = numberMarks(document, data.steps, {
      number: show.number,
      share: (part) => share.format(part),
      entered: (count) => t('entered', { count }),
      waiting: (count) => t('waiting', { count }),
      failed: (count) => t('failed', { count }),
      way: (step, name) => {
        const way = wayNamed(step, name);
        return way ? say(way.label) : name === 'next' ? t('next') : name;
      },
    });
    showOverlay(parts, 'numbers', marks);
  }, [data, document, lang, parts, say, show, t]);
  return (
    <Dock label={t('numbers')} onClose={() => hideOverlay(parts, 'numbers')}>
      <Select
        size="xs"
        w="11rem"
        aria-label={t('period.label')}
        value={period}
        onChange={(next) => setPeriod(PERIODS.find((one) => one === next) ?? period)}
        data={PERIODS.map((value) => ({ value, label: t(`period.${value}`) }))}
      />
      {found.isError ? (
        <ProblemView error={found.error} retry={() => void found.refetch()} />
      ) : (
        <dl className={classes.facts} aria-busy={!data}>
          {COUNTS.filter((name) => data === undefined || name === 'started' || data.runs[name] > 0).map(
            (name) => (
              <div key={name}>
                <dt>{t(`count.${name}`)}</dt>
                <dd>
                  {name === 'failed' ? (
                    <Mark tone="bad">{show.number(data?.runs[name] ?? 0)}</Mark>
                  ) : data ? (
                    show.number(data.runs[name])
                  ) : (
                    '…'
                  )}
                </dd>
              </div>
            ),
          )}
        </dl>
      )}
    </Dock>
  );
}
