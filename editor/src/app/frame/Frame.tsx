/** What stands around every page: navigation, account, banners. Knows the places; never what a page shows. */
import { Outlet, useRouter } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useOrganisation } from '@/api/organisation';
import { ExpiredDialog } from '@/app/session/ExpiredDialog';
import { changeLang } from '@/i18n';
import { chosenLang, langOf } from '@/i18n/languages';
import { noteArrival } from '@/ui/arrival';
import { PageBones } from '@/ui/PageBones';
import { Toasts } from '@/ui/toast';
import { BottomNav } from './BottomNav';
import classes from './Frame.module.css';
import { OfflineBanner } from './OfflineBanner';
import { SideNav } from './SideNav';

export function Frame() {
  const { t } = useTranslation();
  useArrivals();
  useOrganisationLanguage();
  return (
    <div className={classes.frame}>
      <a href="#content" className={classes.skip}>
        {t('skip')}
      </a>
      <SideNav />
      <main id="content" tabIndex={-1} className={classes.main}>
        <OfflineBanner />
        <Suspense fallback={<PageBones />}>
          <Outlet />
        </Suspense>
      </main>
      <BottomNav />
      <ExpiredDialog />
      <Toasts />
    </div>
  );
}

/** Going to another path moves the focus there; changing a filter does not. */
function useArrivals(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onBeforeNavigate', ({ pathChanged, fromLocation, toLocation }) => {
        if (fromLocation !== undefined && pathChanged) noteArrival(toLocation.pathname);
      }),
    [router],
  );
}

/** Until somebody chooses, the organisation's language is read. */
function useOrganisationLanguage(): void {
  const { i18n } = useTranslation();
  const { data: organisation } = useOrganisation();
  useEffect(() => {
    if (organisation === undefined || chosenLang() !== undefined) return;
    const lang = langOf(organisation.locale);
    if (i18n.language !== lang) void changeLang(lang);
  }, [organisation, i18n]);
}
