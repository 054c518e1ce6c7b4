/** Keys of programs: made, seen once, revoked. Knows prefixes; a whole key only in the moment it is made. */
import { Button } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyView } from '@/api/schema.gen';
import { Ago } from '@/ui/Ago';
import { Confirm } from '@/ui/Confirm';
import { type Column, DataTable } from '@/ui/DataTable';
import { EmptyState } from '@/ui/EmptyState';
import { Mark } from '@/ui/Mark';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { MakeKey } from './MakeKey';
import { keysQuery, revokeKey, roleOf } from './queries';

export function KeysPart() {
  const { t } = useTranslation(['settings', 'shell']);
  const client = useQueryClient();
  const found = useQuery(keysQuery);
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<KeyView>();
  const revoke = useMutation({
    mutationFn: (key: KeyView) => revokeKey(key.id),
    onSuccess: async () => {
      setEnding(undefined);
      await client.invalidateQueries({ queryKey: keysQuery.queryKey });
      toast(t('keys.revoked'));
    },
  });

  const columns: Column<KeyView>[] = [
    {
      id: 'name',
      title: t('keys.column.name'),
      lead: true,
      cell: (key) => (
        <>
          <div style={{ fontWeight: 550 }}>{key.name}</div>
          <div className="mono soft">{`${key.prefix}…`}</div>
        </>
      ),
    },
    {
      id: 'role',
      title: t('keys.column.role'),
      width: '12rem',
      cell: (key) => t(`shell:role.${roleOf(key.role)}`),
    },
    {
      id: 'used',
      title: t('keys.column.used'),
      width: '11rem',
      cell: (key) => (
        <span className="soft">{key.used_at === null ? t('keys.never') : <Ago at={key.used_at} />}</span>
      ),
    },
    {
      id: 'revoke',
      title: t('keys.column.revoke'),
      quiet: true,
      end: true,
      width: '9rem',
      cell: (key) =>
        key.revoked_at === null ? (
          <Button
            size="xs"
            variant="default"
            aria-label={t('keys.revoke_which', { name: key.name })}
            onClick={() => setEnding(key)}
          >
            {t('keys.revoke')}
          </Button>
        ) : (
          <Mark tone="calm">{t('keys.is_revoked')}</Mark>
        ),
    },
  ];

  const make = (
    <Button size="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {t('keys.make')}
    </Button>
  );
  return (
    <Panel
      bare
      title={t('keys.title')}
      lead={t('keys.lead')}
      actions={found.data?.length === 0 ? undefined : make}
    >
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {found.data?.length === 0 ? (
        <EmptyState icon={IconKey} title={t('keys.none')} actions={make}>
          {t('keys.none_words')}
        </EmptyState>
      ) : (
        !found.isError && (
          <DataTable
            label={t('keys.title')}
            columns={columns}
            rows={found.data}
            rowKey={(key) => key.id}
            skeletons={3}
          />
        )
      )}
      {making && <MakeKey onClose={() => setMaking(false)} />}
      <Confirm
        open={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={t('keys.revoke_title', { name: ending?.name ?? '' })}
        action={t('keys.revoke')}
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => ending !== undefined && revoke.mutate(ending)}
      >
        {t('keys.revoke_words')}
      </Confirm>
    </Panel>
  );
}
