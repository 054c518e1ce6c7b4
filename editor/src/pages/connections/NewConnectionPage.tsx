/** Makes a connection by a form drawn from its connector's schema. Knows the schema; no connector by name. */
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalog } from '@/api/catalog';
import { newKey } from '@/api/client';
import { connectionsQuery, makeConnection } from '@/api/connections';
import { asApiError, fieldError } from '@/api/problem';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { PageBones } from '@/ui/PageBones';
import { PageHead } from '@/ui/PageHead';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { SchemaForm } from '@/widgets/form/SchemaForm';
import classes from './ConnectionsPage.module.css';

export function NewConnectionPage() {
  const { t } = useTranslation('connections');
  const lang = useLang();
  const { connector } = useParams({ from: '/frame/connections/new/$connector' });
  const catalog = useCatalog();
  const client = useQueryClient();
  const navigate = useNavigate();
  const spec = catalog.data?.connectors[connector];
  const title = localText(spec?.title, lang) ?? connector;
  const [name, setName] = useState<string>();
  const [settings, setSettings] = useState<Record<string, unknown>>({});
  const [secrets, setSecrets] = useState<Record<string, unknown>>({});
  const [key] = useState(newKey);

  const make = useMutation({
    mutationFn: () => makeConnection({ connector, name: (name ?? title).trim(), settings, secrets }, key),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: connectionsQuery.queryKey });
      toast(t('made'));
      await navigate({ to: '/connections/$connectionId', params: { connectionId: id } });
    },
  });
  const back = <Link to="/connections">{t('title')}</Link>;

  if (catalog.isPending) return <PageBones />;
  if (spec === undefined) {
    return (
      <>
        <PageHead title={t('unknown_kind')} back={back} />
        {catalog.isError && <ProblemView error={catalog.error} retry={() => void catalog.refetch()} />}
      </>
    );
  }
  const error = make.isError ? asApiError(make.error) : null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <PageHead title={t('connect', { kind: title })} back={back} lead={t('connect_lead')} />
      <div className={classes.stack} style={{ maxWidth: '44rem' }}>
        <Panel title={t('part.settings')}>
          <div className={classes.stack}>
            <TextInput
              label={t('name')}
              description={t('name_help')}
              required
              value={name ?? title}
              onChange={(event) => setName(event.currentTarget.value)}
              error={fieldError(error, 'name')?.message}
            />
            <SchemaForm
              schema={spec.settings}
              value={settings}
              onChange={setSettings}
              errors={error?.errors ?? []}
              path="settings"
            />
          </div>
        </Panel>
        {Object.keys(spec.secrets.properties ?? {}).length > 0 && (
          <Panel title={t('part.secrets')} lead={t('secrets_lead')}>
            <SchemaForm
              schema={spec.secrets}
              value={secrets}
              onChange={setSecrets}
              errors={error?.errors ?? []}
              path="secrets"
            />
          </Panel>
        )}
        {error !== null && <ProblemView error={error} />}
        <div className={classes.buttons}>
          <Button type="submit" loading={make.isPending}>
            {t('make')}
          </Button>
          <Button variant="default" component={Link} to="/connections">
            {t('back')}
          </Button>
        </div>
      </div>
    </form>
  );
}
