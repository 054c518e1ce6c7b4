/** What people can do with a run: try again from the failed step, or end it. Knows statuses, no step. */
import { Button, TextInput } from '@mantine/core';
import { IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import { cancelRun, retryRun } from '@/api/runs';
import type { RunView } from '@/api/schema.gen';
import { Confirm } from '@/ui/Confirm';
import { toast } from '@/ui/toast';

export function RunActions({ run }: { run: RunView }) {
  const { t } = useTranslation('runs');
  const client = useQueryClient();
  const may = useMay('operate');
  const [ending, setEnding] = useState(false);
  const [reason, setReason] = useState('');
  const refresh = () => client.invalidateQueries({ queryKey: ['run', run.id] });

  const retry = useMutation({
    mutationFn: () => retryRun(run.id),
    onSuccess: () => {
      toast(t('told.retry'));
      return refresh();
    },
    onError: () => toast(t('told.retry_failed')),
  });
  const cancel = useMutation({
    mutationFn: () => cancelRun(run.id, reason.trim()),
    onSuccess: () => {
      setEnding(false);
      toast(t('told.cancel'));
      return refresh();
    },
  });

  if (!may) return null;
  const lasts = ['running', 'waiting', 'unknown'].includes(run.status);
  return (
    <>
      {run.status === 'failed' && (
        <Button
          leftSection={<IconRefresh size={18} aria-hidden />}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
        >
          {t('retry')}
        </Button>
      )}
      {lasts && (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={18} aria-hidden />}
          onClick={() => setEnding(true)}
        >
          {t('cancel.open')}
        </Button>
      )}
      <Confirm
        open={ending}
        onClose={() => setEnding(false)}
        title={t('cancel.title')}
        action={t('cancel.action')}
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate()}
      >
        <p style={{ marginTop: 0 }}>{t('cancel.words')}</p>
        <TextInput
          label={t('cancel.reason')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </Confirm>
    </>
  );
}
