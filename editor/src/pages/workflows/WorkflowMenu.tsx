/** What can be done with one workflow of the list: copy, take away, look at its runs, delete. Knows no steps. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconDownload, IconPencil, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import type { WorkflowItem } from '@/api/schema.gen';
import { createWorkflow, exportWorkflow, getWorkflow, setInputs, workflowsQuery } from '@/api/workflows';
import { saveFile } from '@/ui/files';
import { toast } from '@/ui/toast';
import { DeleteDialog } from './DeleteDialog';
import { fileName, renamed } from './documents';

export function WorkflowMenu({ item, name }: { item: WorkflowItem; name: string }) {
  const { t } = useTranslation('workflows');
  const client = useQueryClient();
  const may = useMay('edit');
  const [deleting, setDeleting] = useState(false);

  const copy = useMutation({
    mutationFn: async () => {
      const whole = await getWorkflow(item.id);
      const saved = await createWorkflow(await renamed(whole.source, t('copy_suffix')), 'yaml');
      if (Object.keys(whole.inputs).length > 0) await setInputs(saved.id, whole.inputs);
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: workflowsQuery.queryKey });
      toast(t('copied', { name }));
    },
    onError: () => toast(t('copy_failed', { name })),
  });
  const take = useMutation({
    mutationFn: () => exportWorkflow(item.id),
    onSuccess: (text) => saveFile(fileName(name), text, 'application/yaml'),
    onError: () => toast(t('export_failed', { name })),
  });

  return (
    <>
      <Menu position="bottom-end" shadow="md" width={220} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={34} aria-label={t('menu_of', { name })}>
            <IconDots size={20} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            component={Link}
            to={`/workflows/${item.id}`}
            leftSection={<IconPencil size={18} aria-hidden />}
          >
            {t('menu.open')}
          </Menu.Item>
          <Menu.Item
            component={Link}
            to={`/runs?workflow=${item.id}`}
            leftSection={<IconPlayerPlay size={18} aria-hidden />}
          >
            {t('menu.runs')}
          </Menu.Item>
          {may && (
            <Menu.Item leftSection={<IconCopy size={18} aria-hidden />} onClick={() => copy.mutate()}>
              {t('menu.copy')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconDownload size={18} aria-hidden />} onClick={() => take.mutate()}>
            {t('menu.export')}
          </Menu.Item>
          {may && (
            <Menu.Item
              color="var(--op-bad)"
              leftSection={<IconTrash size={18} aria-hidden />}
              onClick={() => setDeleting(true)}
            >
              {t('menu.delete')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <DeleteDialog open={deleting} onClose={() => setDeleting(false)} item={item} name={name} />
    </>
  );
}
