/** A text to be taken elsewhere, with a button that copies it. Works where the clipboard API is missing. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './CopyField.module.css';

export function CopyField({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      // Pages on plain HTTP have no clipboard API; the old way still works there.
      field.current?.select();
      document.execCommand('copy');
    }
    setDone(true);
    setTimeout(() => setDone(false), 2000);
  };

  return (
    <div className={classes.field}>
      <input ref={field} className={classes.text} readOnly value={value} aria-label={label} />
      <Tooltip label={done ? t('copied') : t('copy')}>
        <ActionIcon
          variant="subtle"
          size={32}
          onClick={() => void copy()}
          aria-label={t('copy_what', { what: label })}
        >
          {done ? <IconCheck size={18} /> : <IconCopy size={18} />}
        </ActionIcon>
      </Tooltip>
      <span className="visually-hidden" role="status">
        {done ? t('copied') : ''}
      </span>
    </div>
  );
}
