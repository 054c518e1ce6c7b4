/** Asks the server whether a connection is complete. Knows the answer's shape; never the connector. */
import { Button } from '@mantine/core';
import { IconCheck, IconPlugConnected } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { testConnection } from '@/api/connections';
import type { ConnectionView } from '@/api/schema.gen';
import { ProblemView } from '@/ui/ProblemView';
import classes from './ConnectionsPage.module.css';

export function ConnectionTest({ connection }: { connection: ConnectionView }) {
  const { t } = useTranslation('connections');
  const test = useMutation({ mutationFn: () => testConnection(connection.id) });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPlugConnected size={18} aria-hidden />}
        loading={test.isPending}
        onClick={() => test.mutate()}
      >
        {t('test.action')}
      </Button>
      <div role="status" style={{ marginTop: '0.75rem' }}>
        {test.data?.ok === true && (
          <p className={classes.good}>
            <IconCheck size={18} aria-hidden style={{ verticalAlign: '-4px' }} /> {t('test.good')}
          </p>
        )}
        {test.data?.ok === false && (
          <div className={classes.bad}>
            <strong>{t('test.bad')}</strong>
            {test.data.detail !== null && <div>{test.data.detail}</div>}
          </div>
        )}
        {test.isError && <ProblemView error={test.error} />}
      </div>
    </>
  );
}
