/** Changes a connection's name and settings by its connector's schema. Knows the schema; never the connector. */
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectorSpec } from '@/api/catalog';
import { changeConnection, connectionsQuery } from '@/api/connections';
import { asApiError, fieldError } from '@/api/problem';
import type { ConnectionView } from '@/api/schema.gen';
import { JsonEntries } from '@/ui/JsonView';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { SchemaForm } from '@/widgets/form/SchemaForm';
import classes from './ConnectionsPage.module.css';

interface Props {
  connection: ConnectionView;
  /** Absent when this build does not know the connector. */
  spec: ConnectorSpec | undefined;
  disabled: boolean;
}

export function ConnectionForm({ connection, spec, disabled }: Props) {
  const { t } = useTranslation('connections');
  const client = useQueryClient();
  const [name, setName] = useState(connection.name);
  const [settings, setSettings] = useState<Record<string, unknown>>(connection.settings);
  const save = useMutation({
    mutationFn: () => changeConnection(connection.id, connection.rev, { name: name.trim(), settings }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
      toast(t('saved'));
    },
  });
  const error = save.isError ? asApiError(save.error) : null;
  return (
    <form
      className={classes.stack}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <TextInput
        label={t('name')}
        required
        disabled={disabled}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={fieldError(error, 'name')?.message}
      />
      {spec === undefined ? (
        <JsonEntries value={settings} />
      ) : (
        <SchemaForm
          schema={spec.settings}
          value={settings}
          onChange={setSettings}
          errors={error?.errors ?? []}
          path="settings"
          disabled={disabled}
        />
      )}
      {error !== null && <ProblemView error={error} />}
      {!disabled && (
        <div className={classes.buttons}>
          <Button type="submit" loading={save.isPending}>
            {t('save')}
          </Button>
        </div>
      )}
    </form>
  );
}
