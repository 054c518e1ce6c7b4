/** The organisation's own settings. Knows its fields; never who may change them, which the server decides. */
import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { organisationQuery, useMay } from '@/api/organisation';
import { asApiError, fieldError } from '@/api/problem';
import type { OrgView, PatchOrg } from '@/api/schema.gen';
import { useLang } from '@/i18n/use-lang';
import { Bones } from '@/ui/PageBones';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { Holidays } from './Holidays';
import { Prices } from './Prices';
import { changeOrganisation } from './queries';
import { COUNTRIES, CURRENCIES, LOCALES, named, zones } from './regions';
import classes from './Settings.module.css';

export function OrganisationPart() {
  const found = useQuery(organisationQuery);
  if (found.isPending) return <Bones />;
  if (found.isError) return <ProblemView error={found.error} retry={() => void found.refetch()} />;
  return <Form key={found.data.rev} organisation={found.data} />;
}

function Form({ organisation }: { organisation: OrgView }) {
  const { t } = useTranslation('settings');
  const lang = useLang();
  const may = useMay('administer');
  const client = useQueryClient();
  const [draft, setDraft] = useState<PatchOrg>({});
  const set = (part: PatchOrg) => setDraft((before) => ({ ...before, ...part }));
  const now = { ...organisation, ...draft };
  const zoneChoices = useMemo(() => zones(organisation.zone), [organisation.zone]);

  const save = useMutation({
    mutationFn: () => changeOrganisation(organisation.rev, draft),
    onSuccess: (saved) => {
      client.setQueryData(organisationQuery.queryKey, saved);
      toast(t('saved'));
    },
  });
  const error = save.isError ? asApiError(save.error) : null;
  const wrong = (path: string) => fieldError(error, path)?.message;

  return (
    <form
      className={classes.narrow}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Panel title={t('organisation.title')}>
        <div className={classes.form}>
          <TextInput
            label={t('organisation.name')}
            required
            disabled={!may}
            value={now.name ?? ''}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={wrong('name')}
          />
          <div className={classes.pair}>
            <Select
              label={t('organisation.locale')}
              description={t('organisation.locale_help')}
              disabled={!may}
              data={named(LOCALES, 'language', lang, now.locale)}
              value={now.locale ?? null}
              onChange={(locale) => locale !== null && set({ locale })}
              error={wrong('locale')}
            />
            <Select
              label={t('organisation.zone')}
              description={t('organisation.zone_help')}
              searchable
              disabled={!may}
              data={zoneChoices}
              value={now.zone ?? null}
              onChange={(zone) => zone !== null && set({ zone })}
              error={wrong('zone')}
            />
            <Select
              label={t('organisation.country')}
              searchable
              disabled={!may}
              data={named(COUNTRIES, 'region', lang, now.country)}
              value={now.country ?? null}
              onChange={(country) => country !== null && set({ country })}
              error={wrong('country')}
            />
            <Select
              label={t('organisation.currency')}
              searchable
              disabled={!may}
              data={named(CURRENCIES, 'currency', lang, now.currency)}
              value={now.currency ?? null}
              onChange={(currency) => currency !== null && set({ currency })}
              error={wrong('currency')}
            />
          </div>
        </div>
      </Panel>
      <Panel title={t('holidays.title')} lead={t('holidays.lead')}>
        <Holidays days={now.holidays ?? []} disabled={!may} onChange={(holidays) => set({ holidays })} />
      </Panel>
      <Panel title={t('prices.title')} lead={t('prices.lead')}>
        <Prices
          prices={pricesIn(now.settings)}
          currency={now.currency ?? ''}
          disabled={!may}
          onChange={(prices) => set({ settings: { ...organisation.settings, prices } })}
        />
      </Panel>
      {error !== null && (
        <ProblemView error={error} shown={['name', 'locale', 'zone', 'country', 'currency']} />
      )}
      {may && (
        <div>
          <Button type="submit" loading={save.isPending} disabled={Object.keys(draft).length === 0}>
            {t('save')}
          </Button>
        </div>
      )}
    </form>
  );
}

function pricesIn(settings: unknown): Record<string, unknown> {
  const prices = (settings as { prices?: unknown } | null | undefined)?.prices;
  return typeof prices === 'object' && prices !== null ? (prices as Record<string, unknown>) : {};
}
