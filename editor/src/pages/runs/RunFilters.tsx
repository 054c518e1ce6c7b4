/** Which runs to show; the address holds the choice. Knows filters, no run. */
import { Button, Select, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { workflowsQuery } from '@/api/workflows';
import { RUN_STATUSES, type RunsSearch, runsSearch } from '@/app/search';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import classes from './RunFilters.module.css';

const TYPING_MS = 350;

export function RunFilters({ filter }: { filter: RunsSearch }) {
  const { t } = useTranslation('runs');
  const lang = useLang();
  const navigate = useNavigate({ from: '/runs' });
  const { data: workflows } = useQuery(workflowsQuery);
  const [typed, setTyped] = useState(filter.q ?? '');

  const change = (part: Record<string, string | undefined>) =>
    void navigate({ search: (before: RunsSearch) => runsSearch({ ...before, ...part }), replace: true });

  // The address changes when somebody pauses, so that not every letter asks the server.
  useEffect(() => {
    const wanted = typed.trim() === '' ? undefined : typed.trim();
    if (wanted === filter.q) return;
    const timer = setTimeout(() => {
      void navigate({
        search: (before: RunsSearch) => runsSearch({ ...before, q: wanted }),
        replace: true,
      });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, filter.q, navigate]);

  return (
    <search className={classes.filters}>
      <TextInput
        type="search"
        className={classes.search}
        aria-label={t('filter.search')}
        placeholder={t('filter.search')}
        leftSection={<IconSearch size={17} aria-hidden />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Select
        aria-label={t('filter.workflow')}
        placeholder={t('filter.workflow')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('filter.clear_workflow') }}
        value={filter.workflow ?? null}
        onChange={(next) => change({ workflow: next ?? undefined })}
        data={(workflows ?? []).map((item) => ({
          value: item.id,
          label: localText(item.name, lang) ?? item.id,
        }))}
      />
      <Select
        aria-label={t('filter.status')}
        placeholder={t('filter.status')}
        clearable
        clearButtonProps={{ 'aria-label': t('filter.clear_status') }}
        value={filter.status ?? null}
        onChange={(next) => change({ status: next ?? undefined })}
        data={RUN_STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))}
      />
      {Object.keys(filter).length > 0 && (
        <Button
          variant="subtle"
          leftSection={<IconX size={16} aria-hidden />}
          onClick={() => {
            setTyped('');
            void navigate({ search: {}, replace: true });
          }}
        >
          {t('filter.reset')}
        </Button>
      )}
    </search>
  );
}
