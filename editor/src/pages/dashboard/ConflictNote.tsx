/** Somebody else stored another arrangement: theirs or mine, chosen by name. Knows no arrangement. */
import { Button } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './Dashboard.module.css';
import type { DashboardState } from './use-dashboard';

export function ConflictNote({ board }: { board: DashboardState }) {
  const { t } = useTranslation('dashboard');
  return (
    <div className={classes.conflict} role="alert">
      <IconUsers size={20} aria-hidden />
      <div>
        <p>
          <strong>{t('conflict.title')}</strong>
        </p>
        <p>{t('conflict.words')}</p>
        <div className={classes.buttons}>
          <Button size="xs" variant="default" onClick={() => void board.takeTheirs()}>
            {t('conflict.theirs')}
          </Button>
          <Button size="xs" loading={board.save.isPending} onClick={() => void board.overwrite()}>
            {t('conflict.mine')}
          </Button>
        </div>
      </div>
    </div>
  );
}
