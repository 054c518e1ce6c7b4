/** Takes the last publishing back, within its hour. Knows a moment; never a version. */
import { Button } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { workflowsQuery } from '@/api/workflows';
import { useFormats } from '@/i18n/use-lang';
import { useNow } from '@/ui/Ago';
import { toast } from '@/ui/toast';
import { useDraftParts } from '../draft';
import { undoPublish } from './requests';

export function UndoButton({ until, onUndone }: { until: string | null; onUndone: () => void }) {
  const { t } = useTranslation('publish');
  const { workflow } = useDraftParts();
  const client = useQueryClient();
  const show = useFormats();
  const now = useNow();
  const undo = useMutation({
    mutationFn: () => undoPublish(workflow.id),
    onSuccess: ({ version }) => {
      toast(t('undone', { version }));
      void client.invalidateQueries({ queryKey: ['publication', workflow.id] });
      void client.invalidateQueries({ queryKey: workflowsQuery.queryKey });
      onUndone();
    },
    onError: () => toast(t('not_undone')),
  });
  const left = until === null ? 0 : Date.parse(until) - now;
  if (left <= 0) return null;
  return (
    <Button
      size="sm"
      variant="default"
      leftSection={<IconArrowBackUp size={16} aria-hidden />}
      loading={undo.isPending}
      onClick={() => undo.mutate()}
    >
      {t('undo', { span: show.span(Math.ceil(left / 60_000) * 60_000) })}
    </Button>
  );
}
