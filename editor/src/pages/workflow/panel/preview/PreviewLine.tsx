/** One line below a field: what it gives on the sample, or why it gives nothing. Knows values; never the field. */
import { IconAlertCircle, IconEqual } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Json } from '@/model';
import { Rich } from '@/ui/Rich';
import classes from './Preview.module.css';
import type { Preview } from './use-preview';

interface Props {
  id: string;
  preview: Preview;
  /** The checker's own error stands below already; ears are told all the same. */
  quiet: boolean;
  /** Whether the source has lines to tell apart. */
  hasLines?: boolean;
}

export function PreviewLine({ id, preview, quiet, hasLines = false }: Props) {
  const { t } = useTranslation('panel');
  if (preview.state === 'error') {
    const { message, fault } = preview;
    return (
      <p id={id} className={classes.line} data-state="error" hidden={quiet}>
        <IconAlertCircle size={15} aria-hidden />
        <span>
          {fault && (
            <span className={hasLines ? classes.place : 'visually-hidden'}>
              {t('preview.at', { line: fault.line, column: fault.column })}{' '}
            </span>
          )}
          <Rich text={message} />
        </span>
      </p>
    );
  }
  if (preview.state === 'none' || quiet) return <span id={id} hidden />;
  return (
    <p id={id} className={classes.line} data-state="value">
      <IconEqual size={15} aria-hidden />
      <span className="visually-hidden">{t('preview.gives')}</span>
      <Value value={preview.value} />
    </p>
  );
}

const SHOWN_MAX = 400;

function Value({ value }: { value: Json }) {
  const { t } = useTranslation('panel');
  if (value === null || value === '') return <span className={classes.empty}>{t('preview.empty')}</span>;
  if (typeof value === 'boolean') return <span>{t(value ? 'preview.yes' : 'preview.no')}</span>;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <span className={classes.value}>{text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text}</span>
  );
}
