/** Messages to people: what became of each, and what the sandbox kept instead of sending. Knows no channel by name. */
import { SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PageHead } from '@/ui/PageHead';
import { SandboxPart } from './SandboxPart';
import { SendsPart } from './SendsPart';

export function MessagesPage() {
  const { t } = useTranslation('messages');
  const { box } = useSearch({ from: '/frame/messages' });
  const navigate = useNavigate({ from: '/messages' });
  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} />
      <SegmentedControl
        aria-label={t('box.label')}
        mb="md"
        value={box ?? 'sends'}
        onChange={(next) =>
          void navigate({ search: next === 'sandbox' ? { box: 'sandbox' } : {}, replace: true })
        }
        data={[
          { value: 'sends', label: t('box.sends') },
          { value: 'sandbox', label: t('box.sandbox') },
        ]}
      />
      {box === 'sandbox' ? <SandboxPart /> : <SendsPart />}
    </>
  );
}
