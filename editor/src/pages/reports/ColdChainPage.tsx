/** The cold-chain report: for how long a value was beyond its limit, and when nobody looked. Knows the report's shape. */
import { Button, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconFileTypeCsv, IconFileTypePdf, IconReportAnalytics } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOrganisation } from '@/api/organisation';
import { allDevicesQuery } from '@/api/sensor-queries';
import { type ColdChainAsked, coldChainAddress, readColdChain } from '@/api/sensor-requests';
import { useLang } from '@/i18n/use-lang';
import { useSeparators } from '@/i18n/use-separators';
import { EmptyState } from '@/ui/EmptyState';
import { PageHead } from '@/ui/PageHead';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { metricsOf, useMetricTitle } from '@/widgets/device/values';
import { askedOf, type ReportDraft, reportDraft } from './draft';
import { Report } from './Report';
import classes from './Reports.module.css';

export function ColdChainPage() {
  const { t } = useTranslation('reports');
  const search = useSearch({ from: '/frame/reports/cold-chain' });
  const { data: devices } = useQuery(allDevicesQuery);
  const title = useMetricTitle();
  const zone = useOrganisation().data?.zone;
  const separators = useSeparators();
  const [draft, setDraft] = useState(() => reportDraft(search, Date.now(), zone));
  const set = (part: Partial<ReportDraft>) => setDraft({ ...draft, ...part });
  const device = devices?.find(({ id }) => id === draft.device);
  const metrics = device === undefined ? [] : metricsOf(device);
  const metric = metrics.find(({ name }) => name === draft.metric);
  const asked = askedOf(draft, zone);
  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} />
      <Panel title={t('ask')}>
        <div className={classes.fields}>
          <Select
            label={t('device')}
            searchable
            value={draft.device ?? null}
            onChange={(next) => set({ device: next ?? undefined, metric: undefined })}
            data={(devices ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
          <Select
            label={t('metric')}
            value={draft.metric ?? null}
            disabled={device === undefined}
            onChange={(next) => set({ metric: next ?? undefined })}
            data={metrics.map((one) => ({ value: one.name, label: title(one) }))}
          />
          <TextInput
            type="date"
            label={t('from')}
            value={draft.from}
            max={draft.to}
            onChange={(event) => set({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t('to')}
            value={draft.to}
            min={draft.from}
            onChange={(event) => set({ to: event.currentTarget.value })}
          />
          <div>
            <div className={classes.label}>{t('side')}</div>
            <SegmentedControl
              fullWidth
              aria-label={t('side')}
              value={draft.side}
              onChange={(side) => set({ side: side as ReportDraft['side'] })}
              data={[
                { value: 'above', label: t('above') },
                { value: 'below', label: t('below') },
              ]}
            />
          </div>
          <NumberInput
            label={t('limit')}
            suffix={metric?.unit ? ` ${metric.unit}` : ''}
            {...separators}
            value={draft.limit ?? ''}
            onChange={(next) => set({ limit: typeof next === 'number' ? next : undefined })}
          />
        </div>
      </Panel>
      {asked === undefined ? (
        <div className={classes.result}>
          <EmptyState icon={IconReportAnalytics} title={t('empty.title')}>
            {t('empty.words')}
          </EmptyState>
        </div>
      ) : (
        <Found asked={asked} />
      )}
    </>
  );
}

function Found({ asked }: { asked: ColdChainAsked }) {
  const { t } = useTranslation('reports');
  const lang = useLang();
  const found = useQuery({
    queryKey: ['cold-chain', asked, lang],
    queryFn: ({ signal }) => readColdChain(asked, signal),
  });
  return (
    <section className={classes.result} aria-label={t('result')} aria-busy={found.isFetching}>
      <div className={classes.buttons}>
        <Button
          variant="default"
          component="a"
          href={coldChainAddress(asked, 'pdf', lang)}
          download
          leftSection={<IconFileTypePdf size={18} aria-hidden />}
        >
          {t('pdf')}
        </Button>
        <Button
          variant="default"
          component="a"
          href={coldChainAddress(asked, 'csv', lang)}
          download
          leftSection={<IconFileTypeCsv size={18} aria-hidden />}
        >
          {t('csv')}
        </Button>
      </div>
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {!found.isError && <Report report={found.data} />}
    </section>
  );
}
