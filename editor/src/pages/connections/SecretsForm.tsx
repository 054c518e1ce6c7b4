/** Replaces a connection's secrets, all at once, as the server keeps them. Knows the schema; never a stored secret. */
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectorSpec } from '@/api/catalog';
import { changeConnection, connectionsQuery } from '@/api/connections';
import { asApiError } from '@/api/problem';
import type { ConnectionView } from '@/api/schema.gen';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { SchemaForm } from '@/widgets/form/SchemaForm';
import classes from './ConnectionsPage.module.css';

export function SecretsForm({ connection, spec }: { connection: ConnectionView; spec: ConnectorSpec }) {
  const { t } = useTranslation('connections');
  const client = useQueryClient();
  const [open, setOpen] = useState(!connection.has_secrets);
  const [secrets, setSecrets] = useState<Record<string, unknown>>({});
  const save = useMutation({
    mutationFn: () => changeConnection(connection.id, connection.rev, { secrets }),
    onSuccess: async () => {
      setSecrets({});
      setOpen(false);
      await client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
      toast(t('secrets_saved'));
    },
  });
  if (!open) {
    return (
      <Button variant="default" onClick={() => setOpen(true)}>
        {t('secrets_replace')}
      </Button>
    );
  }
  const error = save.isError ? asApiError(save.error) : null;
  return (
    <form
      className={classes.stack}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {connection.has_secrets && <p className={classes.note}>{t('secrets_all')}</p>}
      <SchemaForm
        schema={spec.secrets}
        value={secrets}
        onChange={setSecrets}
        errors={error?.errors ?? []}
        path="secrets"
      />
      {error !== null && <ProblemView error={error} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={save.isPending} disabled={Object.keys(secrets).length === 0}>
          {t('secrets_save')}
        </Button>
        {connection.has_secrets && (
          <Button variant="default" onClick={() => setOpen(false)}>
            {t('back')}
          </Button>
        )}
      </div>
    </form>
  );
}
