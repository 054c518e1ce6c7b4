/** One connection: its settings, its secrets (in only), its webhook's address, and a test. Knows no connector by name. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCatalog } from '@/api/catalog';
import { connectionQuery, hookAddress } from '@/api/connections';
import { useMay } from '@/api/organisation';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { CopyField } from '@/ui/CopyField';
import { PageBones } from '@/ui/PageBones';
import { PageHead } from '@/ui/PageHead';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { ConnectionForm } from './ConnectionForm';
import { ConnectionMark } from './ConnectionMark';
import { ConnectionMoves } from './ConnectionMoves';
import classes from './ConnectionsPage.module.css';
import { ConnectionTest } from './ConnectionTest';
import { SecretsForm } from './SecretsForm';

export function ConnectionPage() {
  const { t } = useTranslation('connections');
  const lang = useLang();
  const { connectionId } = useParams({ from: '/frame/connections/$connectionId' });
  const found = useQuery(connectionQuery(connectionId));
  const catalog = useCatalog();
  const may = useMay('connect');
  const back = <Link to="/connections">{t('title')}</Link>;

  if (found.isPending || catalog.isPending) return <PageBones />;
  if (found.isError || catalog.isError) {
    return (
      <>
        <PageHead title={t('connection')} back={back} />
        <ProblemView
          error={found.error ?? catalog.error}
          retry={() => {
            void found.refetch();
            void catalog.refetch();
          }}
        />
      </>
    );
  }
  const connection = found.data;
  const spec = catalog.data.connectors[connection.connector];
  return (
    <>
      <PageHead
        title={connection.name}
        back={back}
        beside={<ConnectionMark connection={connection} />}
        lead={localText(spec?.title, lang) ?? connection.connector}
        actions={may && <ConnectionMoves connection={connection} />}
      />
      {connection.last_error !== null && (
        <p className={classes.bad} style={{ marginBottom: '1.25rem' }}>
          {connection.last_error}
        </p>
      )}
      <div className={classes.columns}>
        <div className={classes.stack}>
          <Panel title={t('part.settings')}>
            <ConnectionForm key={connection.rev} connection={connection} spec={spec} disabled={!may} />
          </Panel>
          {may && spec !== undefined && Object.keys(spec.secrets.properties ?? {}).length > 0 && (
            <Panel
              title={t('part.secrets')}
              lead={t(connection.has_secrets ? 'secrets_kept' : 'secrets_none')}
            >
              <SecretsForm connection={connection} spec={spec} />
            </Panel>
          )}
        </div>
        <div className={classes.stack}>
          <Panel title={t('hook.title')} lead={t('hook.lead')}>
            <CopyField label={t('hook.label')} value={hookAddress(connection)} />
            <p className={classes.note}>{t('hook.note')}</p>
          </Panel>
          {may && (
            <Panel title={t('test.title')} lead={t('test.lead')}>
              <ConnectionTest connection={connection} />
            </Panel>
          )}
        </div>
      </div>
    </>
  );
}
