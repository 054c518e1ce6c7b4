/** The frame of the settings: its parts, each at its own address. Knows the parts' names only. */
import { Link, Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/organisation';
import { PageHead } from '@/ui/PageHead';
import classes from './Settings.module.css';

export function SettingsPage() {
  const { t } = useTranslation('settings');
  const may = useMay('administer');
  return (
    <>
      <PageHead title={t('title')} />
      <nav aria-label={t('title')} className={classes.tabs}>
        <Link to="/settings" activeOptions={{ exact: true }} activeProps={{ 'data-active': true }}>
          {t('tab.organisation')}
        </Link>
        <Link to="/settings/members" activeProps={{ 'data-active': true }}>
          {t('tab.members')}
        </Link>
        <Link to="/settings/notifications" activeProps={{ 'data-active': true }}>
          {t('tab.notifications')}
        </Link>
        {may && (
          <Link to="/settings/keys" activeProps={{ 'data-active': true }}>
            {t('tab.keys')}
          </Link>
        )}
        {may && (
          <Link to="/settings/audit" activeProps={{ 'data-active': true }}>
            {t('tab.audit')}
          </Link>
        )}
      </nav>
      <Suspense>
        <Outlet />
      </Suspense>
    </>
  );
}
