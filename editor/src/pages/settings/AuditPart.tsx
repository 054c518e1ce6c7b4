/** Who changed what and when. Knows the deeds that have words; others show their own name. */

import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { itemsOf } from '@/api/pages';
import type { AuditView } from '@/api/schema.gen';
import { Ago } from '@/ui/Ago';
import { type Column, DataTable } from '@/ui/DataTable';
import { EmptyState } from '@/ui/EmptyState';
import { LoadMore } from '@/ui/LoadMore';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { deedOf } from './deeds';
import { auditQuery, keysQuery, membersQuery } from './queries';

export function AuditPart() {
  const { t } = useTranslation('settings');
  const found = useInfiniteQuery(auditQuery);
  const whoIs = useActorName();
  const rows = found.data && itemsOf(found.data);

  const columns: Column<AuditView>[] = [
    {
      id: 'deed',
      title: t('audit.column.deed'),
      lead: true,
      cell: (entry) => {
        const deed = deedOf(entry.action);
        return deed === undefined ? <span className="mono">{entry.action}</span> : t(`deed.${deed}`);
      },
    },
    { id: 'detail', title: t('audit.column.detail'), cell: (entry) => <Detail entry={entry} /> },
    { id: 'who', title: t('audit.column.who'), width: '16rem', cell: (entry) => whoIs(entry.actor) },
    {
      id: 'at',
      title: t('audit.column.at'),
      end: true,
      width: '10rem',
      cell: (entry) => (
        <span className="soft">
          <Ago at={entry.at} />
        </span>
      ),
    },
  ];

  return (
    <Panel bare title={t('audit.title')} lead={t('audit.lead')}>
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {rows?.length === 0 && (
        <EmptyState icon={IconHistory} title={t('audit.none')}>
          {t('audit.lead')}
        </EmptyState>
      )}
      {!found.isError && rows?.length !== 0 && (
        <DataTable label={t('audit.title')} columns={columns} rows={rows} rowKey={(entry) => entry.id} />
      )}
      <LoadMore pages={found} />
    </Panel>
  );
}

/** What was changed, in one line. */
function Detail({ entry }: { entry: AuditView }) {
  const parts = Object.entries(entry.detail).map(([name, value]) => `${name}: ${plain(value)}`);
  return <span className="soft">{parts.join(' · ')}</span>;
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (value !== null && typeof value === 'object') return plain(Object.values(value)[0] ?? '');
  return String(value);
}

/** `user:<id>` and `key:<id>` as people know them. */
function useActorName(): (actor: string) => string {
  const { t } = useTranslation('settings');
  const { data: members } = useQuery(membersQuery);
  const { data: keys } = useQuery(keysQuery);
  return (actor) => {
    const [kind, id] = actor.split(':');
    if (kind === 'user') {
      const member = members?.find((each) => each.user_id === id);
      return member?.name || member?.email || t('audit.gone');
    }
    if (kind === 'key') return t('audit.by_key', { name: keys?.find((each) => each.id === id)?.name ?? '' });
    return t('audit.system');
  };
}
