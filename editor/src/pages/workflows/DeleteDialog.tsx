/** Asks before a workflow is deleted; one with a history can only be switched off. Knows its head only. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { WorkflowItem } from '@/api/schema.gen';
import { deleteWorkflow, switchWorkflow, workflowsQuery } from '@/api/workflows';
import { Confirm } from '@/ui/Confirm';
import { toast } from '@/ui/toast';

interface Props {
  open: boolean;
  onClose: () => void;
  item: WorkflowItem;
  name: string;
}

export function DeleteDialog({ open, onClose, item, name }: Props) {
  const { t } = useTranslation('workflows');
  const client = useQueryClient();
  const published = item.version !== null;
  const act = useMutation({
    mutationFn: () => (published ? switchWorkflow(item.id, false) : deleteWorkflow(item.id)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: workflowsQuery.queryKey });
      toast(t(published ? 'switched_off' : 'deleted', { name }));
      onClose();
    },
  });
  return (
    <Confirm
      open={open}
      onClose={onClose}
      title={t(published ? 'delete.cannot' : 'delete.title', { name })}
      action={t(published ? 'delete.switch_off' : 'delete.action')}
      danger={!published}
      busy={act.isPending}
      error={act.error}
      onConfirm={() => act.mutate()}
    >
      {t(published ? 'delete.history' : 'delete.draft')}
    </Confirm>
  );
}
