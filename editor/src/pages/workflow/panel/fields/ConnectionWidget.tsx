/** A connection, and the way to a new one when there is none that fits. Knows connectors by what the schema says. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { connectionsQuery } from '@/api/connections';
import { useMay } from '@/api/organisation';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { field, objectAt, textAt } from '@/model';
import { ConnectionWidget as Choose } from '@/widgets/form/basic/ConnectionWidget';
import type { WidgetProps } from '@/widgets/form/registry';
import { useDocument } from '../../draft';
import classes from './fields.module.css';
import { type Offer, Suggestions } from './Suggestions';

export function ConnectionWidget(props: WidgetProps) {
  const { t } = useTranslation('panel');
  const mayConnect = useMay('connect');
  const connector = props.schema['x-connector'];
  const offers = useOffers(connector, props.onChange);
  return (
    <div>
      <Choose {...props} />
      {props.value === undefined && !props.disabled && <Suggestions offers={offers} />}
      {mayConnect && !props.disabled && (
        <p className={classes.note}>
          {connector === undefined ? (
            <Link to="/connections">{t('connection.all')}</Link>
          ) : (
            <Link to="/connections/new/$connector" params={{ connector }}>
              {t('connection.new')}
            </Link>
          )}
        </p>
      )}
    </div>
  );
}

/** The only connection that fits, and what installation asks for. */
function useOffers(connector: string | undefined, onChange: (next: unknown) => void): readonly Offer[] {
  const { data: connections = [] } = useQuery(connectionsQuery);
  const document = useDocument();
  const lang = useLang();
  const { t } = useTranslation('panel');
  if (connector === undefined) return [];
  const fitting = connections.filter((one) => one.connector === connector);
  const asked = Object.entries(objectAt(document, 'inputs')).filter(
    ([, input]) => textAt(input, 'type') === 'connection' && textAt(input, 'connector') === connector,
  );
  return [
    ...asked.map(([name, input]) => ({
      label: t('suggest', { name: localText(field(input, 'title'), lang) ?? name }),
      take: () => onChange(`\${inputs.${name}}`),
    })),
    ...(fitting.length === 1
      ? fitting.map(({ id, name }) => ({ label: t('suggest', { name }), take: () => onChange(id) }))
      : []),
  ];
}
