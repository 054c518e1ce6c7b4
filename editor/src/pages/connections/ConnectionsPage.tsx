/** The organisation's connections, and the kinds that can be added. Knows connectors as data only. */
import { Skeleton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type ConnectorSpec, useCatalog } from '@/api/catalog';
import { connectionsQuery } from '@/api/connections';
import { useMay } from '@/api/organisation';
import type { ConnectionView } from '@/api/schema.gen';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import { ConnectionMark } from './ConnectionMark';
import classes from './ConnectionsPage.module.css';

export function ConnectionsPage() {
  const { t } = useTranslation('connections');
  const may = useMay('connect');
  const found = useQuery(connectionsQuery);
  const catalog = useCatalog();
  const connectors = Object.values(catalog.data?.connectors ?? {});
  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} />
      {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Skeleton height={140} radius={12} />}
      {found.data?.length === 0 && <p className={classes.none}>{t('none')}</p>}
      {found.data !== undefined && found.data.length > 0 && (
        <ul className={classes.grid}>
          {found.data.map((connection) => (
            <li key={connection.id}>
              <Mine connection={connection} connectors={connectors} />
            </li>
          ))}
        </ul>
      )}
      {may && (
        <>
          <h2 className={classes.heading}>{t('add')}</h2>
          {catalog.isError && <ProblemView error={catalog.error} retry={() => void catalog.refetch()} />}
          {catalog.isPending && <Skeleton height={90} radius={12} />}
          <ul className={classes.grid}>
            {connectors.map((connector) => (
              <li key={connector.name}>
                <Kind connector={connector} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Mine({ connection, connectors }: { connection: ConnectionView; connectors: ConnectorSpec[] }) {
  const lang = useLang();
  const kind = connectors.find((connector) => connector.name === connection.connector);
  return (
    <Link to="/connections/$connectionId" params={{ connectionId: connection.id }} className={classes.card}>
      <Letter name={localText(kind?.title, lang) ?? connection.connector} />
      <span className={classes.words}>
        <strong>{connection.name}</strong>
        <small>{localText(kind?.title, lang) ?? connection.connector}</small>
      </span>
      <ConnectionMark connection={connection} />
    </Link>
  );
}

function Kind({ connector }: { connector: ConnectorSpec }) {
  const { t } = useTranslation('connections');
  const lang = useLang();
  const title = localText(connector.title, lang) ?? connector.name;
  return (
    <Link to="/connections/new/$connector" params={{ connector: connector.name }} className={classes.card}>
      <Letter name={title} />
      <span className={classes.words}>
        <span className="visually-hidden">{t('add_kind')}</span>
        <strong>{title}</strong>
      </span>
      <IconPlus size={18} aria-hidden />
    </Link>
  );
}

/** A connector's first letter on its own ground; vendors' logos are theirs. */
function Letter({ name }: { name: string }) {
  return (
    <span className={classes.letter} aria-hidden>
      {name.slice(0, 1).toUpperCase()}
    </span>
  );
}
