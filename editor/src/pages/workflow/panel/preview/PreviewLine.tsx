/** One line below a field: what it gives on the sample, or why it gives nothing. Knows values; never the field. */
import { IconAlertCircle, IconEqual } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Json } from '@/model';
import { Rich } from '@/ui/Rich';
import type { Trial } from '../../sample/trial';
import classes from './Preview.module.css';
import { type PreviewKind, usePreview } from './use-preview';

interface Props {
  id: string;
  kind: PreviewKind;
  source: string;
  trial: Trial;
  /** The checker's own error stands below already. */
  quiet: boolean;
}

export function PreviewLine({ id, kind, source, trial, quiet }: Props) {
  const { t } = useTranslation('panel');
  const preview = usePreview(kind, source, trial);
  if (preview.state === 'none' || quiet) return <span id={id} hidden />;
  if (preview.state === 'error') {
    return (
      <p id={id} className={classes.line} data-state="error">
        <IconAlertCircle size={15} aria-hidden />
        <span>
          <Rich text={preview.message} />
        </span>
      </p>
    );
  }
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
