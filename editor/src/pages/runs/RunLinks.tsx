/** From a run into its flow: seen on the canvas, or with its data as the sample. Knows addresses; never the editor. */
import { Button } from '@mantine/core';
import { IconFlask, IconSitemap } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { RunView } from '@/api/schema.gen';

export function RunLinks({ run }: { run: RunView }) {
  const { t } = useTranslation('runs');
  const to = { to: '/workflows/$workflowId', params: { workflowId: run.workflow_id } } as const;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconSitemap size={18} aria-hidden />}
        renderRoot={(props) => <Link {...to} search={{ run: run.id }} {...props} />}
      >
        {t('on_canvas')}
      </Button>
      {run.event_id !== null && (
        <Button
          variant="default"
          leftSection={<IconFlask size={18} aria-hidden />}
          renderRoot={(props) => <Link {...to} search={{ sample: run.id }} {...props} />}
        >
          {t('use_data')}
        </Button>
      )}
    </>
  );
}
