/** What the draft would have done with the events of the last days: counts, bars, and cases to look at. Knows no step. */
import { Button, Select } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemView } from '@/ui/ProblemView';
import { useDraftParts } from '../draft';
import { PastFound } from './PastFound';
import classes from './Rehearsal.module.css';
import { rehearsePast } from './requests';

const DAYS = ['7', '30', '90', '365'] as const;

export function PastPart({ open }: { open: () => void }) {
  const { t } = useTranslation('rehearsal');
  const { workflow, session } = useDraftParts();
  const [days, setDays] = useState<(typeof DAYS)[number]>('30');
  const play = useMutation({
    mutationFn: async () => {
      await session.flush();
      return rehearsePast(workflow.id, Number(days));
    },
  });
  return (
    <>
      <p className={classes.lead}>{t('past.lead')}</p>
      <div className={classes.pastHead}>
        <Select
          size="sm"
          aria-label={t('past.days')}
          value={days}
          onChange={(next) => setDays(DAYS.find((one) => one === next) ?? days)}
          data={DAYS.map((value) => ({ value, label: t('past.last', { count: Number(value) }) }))}
        />
        <Button
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          loading={play.isPending}
          onClick={() => play.mutate()}
        >
          {t('past.play')}
        </Button>
      </div>
      <div aria-live="polite" className={classes.past}>
        {play.isError && <ProblemView error={play.error} retry={() => play.mutate()} />}
        {play.data && !play.isPending && <PastFound found={play.data} open={open} />}
      </div>
    </>
  );
}
