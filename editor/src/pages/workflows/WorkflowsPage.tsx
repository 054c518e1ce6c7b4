/** The list of workflows: found, made, switched on and off. Knows their heads; never their steps. */
import { Button, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconRoute, IconSearch } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import { part } from '@/api/part';
import type { WorkflowItem } from '@/api/schema.gen';
import { switchWorkflow, workflowsQuery } from '@/api/workflows';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { Ago } from '@/ui/Ago';
import { type Column, DataTable } from '@/ui/DataTable';
import { EmptyState } from '@/ui/EmptyState';
import { Mark } from '@/ui/Mark';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { WorkflowMenu } from './WorkflowMenu';

// The templates and the YAML reader behind it are large, and few visits make a workflow.
const CreateDialog = lazy(async () => ({
  default: (await part(() => import('./CreateDialog'))).CreateDialog,
}));

export function WorkflowsPage() {
  const { t } = useTranslation('workflows');
  const lang = useLang();
  const may = useMay('edit');
  const { q } = useSearch({ from: '/frame/workflows' });
  const navigate = useNavigate({ from: '/workflows' });
  const [creating, setCreating] = useState(false);
  const found = useQuery(workflowsQuery);

  const shown = useMemo(() => {
    const words = q?.toLocaleLowerCase().trim() ?? '';
    const name = (item: WorkflowItem) => localText(item.name, lang) ?? '';
    return found.data
      ?.filter((item) => name(item).toLocaleLowerCase().includes(words))
      .sort((a, b) => b.changed_at.localeCompare(a.changed_at));
  }, [found.data, q, lang]);

  const none = found.data?.length === 0;
  const create = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setCreating(true)}>
      {t('create')}
    </Button>
  );

  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} actions={may && !none ? create : undefined} />
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {none && (
        <EmptyState icon={IconRoute} title={t('empty.title')} actions={may ? create : undefined}>
          {t('empty.words')}
        </EmptyState>
      )}
      {!none && !found.isError && (
        <>
          <TextInput
            type="search"
            aria-label={t('search')}
            placeholder={t('search')}
            leftSection={<IconSearch size={17} aria-hidden />}
            defaultValue={q ?? ''}
            onChange={(event) => {
              const next = event.currentTarget.value;
              void navigate({ search: next === '' ? {} : { q: next }, replace: true });
            }}
            mb="md"
            maw={360}
          />
          {shown?.length === 0 ? <p className="soft">{t('nothing_found', { q })}</p> : <List rows={shown} />}
        </>
      )}
      {creating && (
        <Suspense>
          <CreateDialog onClose={() => setCreating(false)} />
        </Suspense>
      )}
    </>
  );
}

function List({ rows }: { rows: WorkflowItem[] | undefined }) {
  const { t } = useTranslation('workflows');
  const lang = useLang();
  const nameOf = (item: WorkflowItem) => localText(item.name, lang) ?? t('nameless');
  const columns: Column<WorkflowItem>[] = [
    {
      id: 'name',
      title: t('column.name'),
      lead: true,
      cell: (item) => (
        <Link to="/workflows/$workflowId" params={{ workflowId: item.id }}>
          {nameOf(item)}
        </Link>
      ),
    },
    { id: 'state', title: t('column.state'), width: '13rem', cell: (item) => <State item={item} /> },
    {
      id: 'changed',
      title: t('column.changed'),
      width: '10rem',
      cell: (item) => (
        <span className="soft">
          <Ago at={item.changed_at} />
        </span>
      ),
    },
    {
      id: 'on',
      title: t('column.on'),
      width: '8.5rem',
      cell: (item) => <OnSwitch item={item} name={nameOf(item)} />,
    },
    {
      id: 'more',
      title: t('column.more'),
      quiet: true,
      end: true,
      width: '4rem',
      cell: (item) => <WorkflowMenu item={item} name={nameOf(item)} />,
    },
  ];
  return <DataTable label={t('title')} columns={columns} rows={rows} rowKey={(item) => item.id} />;
}

function State({ item }: { item: WorkflowItem }) {
  const { t } = useTranslation('workflows');
  if (item.version === null) return <Mark tone="calm">{t('state.draft')}</Mark>;
  return item.enabled ? (
    <Mark tone="good">{t('state.on', { version: item.version })}</Mark>
  ) : (
    <Mark tone="wait">{t('state.off', { version: item.version })}</Mark>
  );
}

function OnSwitch({ item, name }: { item: WorkflowItem; name: string }) {
  const { t } = useTranslation('workflows');
  const client = useQueryClient();
  const may = useMay('edit');
  const change = useMutation({
    mutationFn: (on: boolean) => switchWorkflow(item.id, on),
    onSuccess: async (_, on) => {
      await client.invalidateQueries({ queryKey: workflowsQuery.queryKey });
      toast(t(on ? 'switched_on' : 'switched_off', { name }));
    },
    onError: () => toast(t('switch_failed', { name })),
  });
  // A draft has nothing to switch on; its state says so.
  if (item.version === null) return null;
  return (
    <Switch
      aria-label={t('switch_label', { name })}
      checked={change.isPending ? change.variables : item.enabled}
      disabled={!may || change.isPending}
      onChange={(event) => change.mutate(event.currentTarget.checked)}
    />
  );
}
