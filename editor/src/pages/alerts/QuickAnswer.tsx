/** The answer given most often, beside an alert of a list. Knows the answers; never a list. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import type { AlertView } from '@/api/sensors';
import { useAlertWords } from '@/widgets/alert/words';
import { useAnswer } from './answers';

export function QuickAnswer({ alert }: { alert: AlertView }) {
  const { t } = useTranslation('alerts');
  const words = useAlertWords();
  const answer = useAnswer(alert);
  const may = useMay('operate');
  if (!may || alert.state !== 'active') return null;
  return (
    <Button
      size="xs"
      variant="default"
      loading={answer.isPending}
      aria-label={t('answer.acknowledge_which', { name: words.title(alert) })}
      onClick={() => answer.mutate({ kind: 'acknowledge' })}
    >
      {t('answer.acknowledge')}
    </Button>
  );
}
