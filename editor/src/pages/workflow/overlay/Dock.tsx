/** A strip that floats at the foot of the view: what the overlay shows, and how to leave it. Knows no overlay. */
import { ActionIcon, Portal } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './Dock.module.css';

interface Props {
  label: string;
  children: React.ReactNode;
  onClose?: () => void;
}

export function Dock({ label, children, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <section className={classes.dock} aria-label={label}>
      {children}
      {onClose && (
        <ActionIcon
          className={classes.close}
          variant="subtle"
          color="gray"
          size={32}
          aria-label={t('close')}
          onClick={onClose}
        >
          <IconX size={18} aria-hidden />
        </ActionIcon>
      )}
    </section>
  );
}

/** Where docks stand, one above the other. */
export function DockPlace({ children }: { children: React.ReactNode }) {
  return (
    <Portal>
      <div className={classes.place}>{children}</div>
    </Portal>
  );
}
