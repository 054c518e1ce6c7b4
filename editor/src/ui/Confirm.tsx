/** Asks before something that cannot be undone, naming its consequences. Knows no deed. */
import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProblemView } from './ProblemView';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What will happen. */
  children: React.ReactNode;
  action: string;
  onConfirm: () => void;
  busy?: boolean;
  error?: unknown;
  danger?: boolean;
}

export function Confirm({
  open,
  onClose,
  title,
  children,
  action,
  onConfirm,
  busy,
  error,
  danger = true,
}: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={open} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <div style={{ display: 'grid', gap: '1rem' }}>
        <div>{children}</div>
        {error != null && <ProblemView error={error} />}
        <div style={{ display: 'flex', gap: '0.5rem', justifyContent: 'flex-end', flexWrap: 'wrap' }}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button color={danger ? 'red.8' : 'brand'} loading={busy ?? false} onClick={onConfirm}>
            {action}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
