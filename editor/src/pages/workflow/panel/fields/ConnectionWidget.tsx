/** A connection, and the way to a new one when there is none that fits. Knows connectors by what the schema says. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import { ConnectionWidget as Choose } from '@/widgets/form/basic/ConnectionWidget';
import type { WidgetProps } from '@/widgets/form/registry';
import classes from './fields.module.css';

export function ConnectionWidget(props: WidgetProps) {
  const { t } = useTranslation('panel');
  const mayConnect = useMay('connect');
  const connector = props.schema['x-connector'];
  return (
    <div>
      <Choose {...props} />
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
