/** Who belongs to the organisation and what each may do. Knows roles; the server decides who may give them. */
import { ActionIcon, Button, Select } from '@mantine/core';
import { IconPlus, IconUserMinus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery, useMay } from '@/api/organisation';
import type { MemberView } from '@/api/schema.gen';
import { useFormats } from '@/i18n/use-lang';
import { Confirm } from '@/ui/Confirm';
import { type Column, DataTable } from '@/ui/DataTable';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { AddMember } from './AddMember';
import { changeMember, membersQuery, ROLES, removeMember, roleOf } from './queries';

export function MembersPart() {
  const { t } = useTranslation(['settings', 'shell']);
  const show = useFormats();
  const may = useMay('administer');
  const client = useQueryClient();
  const found = useQuery(membersQuery);
  const { data: me } = useQuery({ ...meQuery, enabled: false });
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<MemberView>();
  const refresh = () => client.invalidateQueries({ queryKey: membersQuery.queryKey });

  const change = useMutation({
    mutationFn: ({ id, role }: { id: string; role: string }) => changeMember(id, roleOf(role)),
    onSuccess: async () => {
      await refresh();
      toast(t('members.changed'));
    },
  });
  const remove = useMutation({
    mutationFn: (member: MemberView) => removeMember(member.user_id),
    onSuccess: async () => {
      setLeaving(undefined);
      await refresh();
      toast(t('members.removed'));
    },
  });

  const columns: Column<MemberView>[] = [
    { id: 'who', title: t('members.column.who'), lead: true, cell: (member) => <Who member={member} /> },
    {
      id: 'role',
      title: t('members.column.role'),
      width: '15rem',
      cell: (member) =>
        may && member.user_id !== me?.user_id ? (
          <Select
            size="xs"
            aria-label={t('members.role_of', { who: member.email })}
            data={ROLES.map((role) => ({ value: role, label: t(`shell:role.${role}`) }))}
            value={roleOf(member.role)}
            onChange={(role) => role !== null && change.mutate({ id: member.user_id, role })}
          />
        ) : (
          t(`shell:role.${roleOf(member.role)}`)
        ),
    },
    {
      id: 'since',
      title: t('members.column.since'),
      width: '10rem',
      cell: (member) => <span className="soft">{show.day(member.since)}</span>,
    },
    {
      id: 'remove',
      title: t('members.column.remove'),
      quiet: true,
      end: true,
      width: '4rem',
      cell: (member) =>
        may && member.user_id !== me?.user_id ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={34}
            aria-label={t('members.remove_who', { who: member.email })}
            onClick={() => setLeaving(member)}
          >
            <IconUserMinus size={19} aria-hidden />
          </ActionIcon>
        ) : null,
    },
  ];

  return (
    <Panel
      bare
      title={t('members.title')}
      lead={t('members.lead')}
      actions={
        may && (
          <Button size="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {t('members.add')}
          </Button>
        )
      }
    >
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {change.isError && <ProblemView error={change.error} />}
      {!found.isError && (
        <DataTable
          label={t('members.title')}
          columns={columns}
          rows={found.data}
          rowKey={(member) => member.user_id}
          skeletons={3}
        />
      )}
      {adding && <AddMember onClose={() => setAdding(false)} />}
      <Confirm
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={t('members.remove_title', { who: leaving?.email ?? '' })}
        action={t('members.remove_action')}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => leaving !== undefined && remove.mutate(leaving)}
      >
        {t('members.remove_words')}
      </Confirm>
    </Panel>
  );
}

function Who({ member }: { member: MemberView }) {
  return (
    <>
      <div style={{ fontWeight: 550 }}>{member.name || member.email}</div>
      {member.name !== '' && <div className="soft">{member.email}</div>}
    </>
  );
}
