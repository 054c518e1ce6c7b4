/** The ways to a new workflow: empty, from a template, from a file or a pasted text. Knows documents as texts. */
import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newKey } from '@/api/client';
import { createWorkflow, type Format, workflowsQuery } from '@/api/workflows';
import { ProblemView } from '@/ui/ProblemView';
import { emptyDocument } from './documents';
import { ImportPart } from './ImportPart';
import { TemplatesPart } from './TemplatesPart';

type Way = 'template' | 'empty' | 'import';

export function CreateDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['workflows', 'shell']);
  const [way, setWay] = useState<Way>('template');
  const client = useQueryClient();
  const navigate = useNavigate();
  // One key per opened dialog and text: pressing twice makes one workflow.
  const keys = useRef(new Map<string, string>());

  const create = useMutation({
    mutationFn: ({ source, format }: { source: string; format: Format }) => {
      const key = keys.current.get(source) ?? newKey();
      keys.current.set(source, key);
      return createWorkflow(source, format, key);
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: workflowsQuery.queryKey });
      await navigate({ to: '/workflows/$workflowId', params: { workflowId: id } });
    },
  });
  const make = (source: string, format: Format) => create.mutate({ source, format });

  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('new.title')}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <div style={{ display: 'grid', gap: '1.25rem' }}>
        <SegmentedControl
          aria-label={t('new.way')}
          fullWidth
          value={way}
          onChange={(next) => {
            create.reset();
            setWay(next as Way);
          }}
          data={[
            { value: 'template', label: t('new.template') },
            { value: 'empty', label: t('new.empty') },
            { value: 'import', label: t('new.import') },
          ]}
        />
        {create.isError && <ProblemView error={create.error} />}
        {way === 'template' && (
          <TemplatesPart busy={create.isPending} onChoose={(source) => make(source, 'yaml')} />
        )}
        {way === 'empty' && <EmptyPart busy={create.isPending} onMake={(source) => make(source, 'json')} />}
        {way === 'import' && <ImportPart busy={create.isPending} onMake={make} />}
      </div>
    </Modal>
  );
}

function EmptyPart({ busy, onMake }: { busy: boolean; onMake: (source: string) => void }) {
  const { t } = useTranslation('workflows');
  const [name, setName] = useState('');
  return (
    <form
      style={{ display: 'grid', gap: '1rem' }}
      onSubmit={(event) => {
        event.preventDefault();
        onMake(emptyDocument(name.trim()));
      }}
    >
      <TextInput
        label={t('new.name')}
        description={t('new.name_help')}
        required
        withAsterisk={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Button type="submit" loading={busy} disabled={name.trim() === ''} style={{ justifySelf: 'end' }}>
        {t('new.make')}
      </Button>
    </form>
  );
}
