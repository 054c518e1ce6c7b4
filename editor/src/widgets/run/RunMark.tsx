/** How a run stands, in a word. Knows the statuses; never the run. */
import { useTranslation } from 'react-i18next';
import { RUN_STATUSES, type RunStatus } from '@/app/search';
import { Mark, type Tone } from '@/ui/Mark';

const TONES: Record<RunStatus, Tone> = {
  running: 'info',
  waiting: 'wait',
  completed: 'good',
  failed: 'bad',
  exited: 'calm',
  cancelled: 'calm',
  unknown: 'bad',
};

export function RunMark({ status }: { status: string }) {
  const { t } = useTranslation('runs');
  const known = RUN_STATUSES.find((each) => each === status) ?? 'unknown';
  return (
    <Mark tone={TONES[known]} pulse={known === 'running'}>
      {t(`status.${known}`)}
    </Mark>
  );
}
