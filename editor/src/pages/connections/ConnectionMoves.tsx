/** Switches a connection off and on, and deletes it. Knows states; no connector. */
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeConnection, connectionsQuery, deleteConnection } from '@/api/connections';
import type { ConnectionView } from '@/api/schema.gen';
import { Confirm } from '@/ui/Confirm';
import { toast } from '@/ui/toast';

export function ConnectionMoves({ connection }: { connection: ConnectionView }) {
  const { t } = useTranslation('connections');
  const client = useQueryClient();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const off = connection.state === 'disabled';
  const refresh = () => client.invalidateQueries({ queryKey: connectionsQuery.queryKey });

  const toggle = useMutation({
    mutationFn: () => changeConnection(connection.id, connection.rev, { enabled: off }),
    onSuccess: async () => {
      await refresh();
      toast(t(off ? 'switched_on' : 'switched_off'));
    },
    onError: () => toast(t('switch_failed')),
  });
  const remove = useMutation({
    mutationFn: () => deleteConnection(connection.id),
    onSuccess: async () => {
      await navigate({ to: '/connections' });
      await refresh();
      toast(t('deleted', { name: connection.name }));
    },
  });
  return (
    <>
      <Button variant="default" loading={toggle.isPending} onClick={() => toggle.mutate()}>
        {t(off ? 'switch_on' : 'switch_off')}
      </Button>
      <Button variant="default" onClick={() => setDeleting(true)}>
        {t('delete.open')}
      </Button>
      <Confirm
        open={deleting}
        onClose={() => setDeleting(false)}
        title={t('delete.title', { name: connection.name })}
        action={t('delete.action')}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        {t('delete.words')}
      </Confirm>
    </>
  );
}
