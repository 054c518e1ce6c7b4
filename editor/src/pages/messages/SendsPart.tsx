/** Every message somebody was meant to get, and how far it came. Knows deliveries; no channel by name. */
import { IconMessage2 } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCatalog } from '@/api/catalog';
import { itemsOf } from '@/api/pages';
import type { SendView } from '@/api/schema.gen';
import { useWorkflowNames } from '@/api/workflows';
import { localText } from '@/i18n/local';
import { sentence } from '@/i18n/sentence';
import { useLang } from '@/i18n/use-lang';
import { Ago } from '@/ui/Ago';
import { type Column, DataTable } from '@/ui/DataTable';
import { EmptyState } from '@/ui/EmptyState';
import { LoadMore } from '@/ui/LoadMore';
import { Mark, type Tone } from '@/ui/Mark';
import { ProblemView } from '@/ui/ProblemView';
import { DELIVERIES, type Delivery, sendsQuery } from './queries';

const TONES: Record<Delivery, Tone> = {
  intended: 'wait',
  accepted: 'info',
  sent: 'info',
  failed: 'bad',
  delivered: 'good',
  read: 'good',
};

export function SendsPart() {
  const { t } = useTranslation('messages');
  const lang = useLang();
  const names = useWorkflowNames();
  const { data: catalog } = useCatalog();
  const found = useInfiniteQuery(sendsQuery);
  const rows = found.data && itemsOf(found.data);

  const columns: Column<SendView>[] = [
    {
      id: 'recipient',
      title: t('column.recipient'),
      lead: true,
      cell: (send) => (
        <Link to="/runs/$runId" params={{ runId: send.run_id }}>
          {send.recipient}
        </Link>
      ),
    },
    {
      id: 'kind',
      title: t('column.kind'),
      cell: (send) => localText(catalog?.nodes[send.kind]?.title, lang) ?? send.kind,
    },
    {
      id: 'workflow',
      title: t('column.workflow'),
      wide: true,
      cell: (send) => names(send.workflow_id) ?? t('unnamed_workflow'),
    },
    { id: 'status', title: t('column.status'), cell: (send) => <Status send={send} /> },
    {
      id: 'at',
      title: t('column.at'),
      end: true,
      width: '10rem',
      cell: (send) => (
        <span className="soft">
          <Ago at={send.created_at} />
        </span>
      ),
    },
  ];

  if (found.isError) return <ProblemView error={found.error} retry={() => void found.refetch()} />;
  if (rows?.length === 0) {
    return (
      <EmptyState icon={IconMessage2} title={t('empty.title')}>
        {t('empty.words')}
      </EmptyState>
    );
  }
  return (
    <>
      <DataTable label={t('title')} columns={columns} rows={rows} rowKey={(send) => send.id} skeletons={10} />
      <LoadMore pages={found} />
    </>
  );
}

function Status({ send }: { send: SendView }) {
  const { t } = useTranslation('messages');
  const known = DELIVERIES.find((each) => each === send.status) ?? 'intended';
  return (
    <>
      <Mark tone={TONES[known]}>{t(`delivery.${known}`)}</Mark>
      {send.reason !== null && (
        <div className="soft" style={{ fontSize: '0.78rem' }}>
          {sentence(send.reason)}
        </div>
      )}
    </>
  );
}
