/** Says that the server cannot be reached, as long as it is so. Knows reach and no page. */
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { reach } from '@/api/reach';
import classes from './OfflineBanner.module.css';

export function OfflineBanner() {
  const { t } = useTranslation();
  const away = useSyncExternalStore(reach.subscribe, reach.isAway);
  return (
    <div role="status" aria-live="polite" className={classes.place}>
      {away && (
        <p className={classes.banner}>
          <IconPlugConnectedX size={18} aria-hidden />
          <span>{t('offline')}</span>
        </p>
      )}
    </div>
  );
}
