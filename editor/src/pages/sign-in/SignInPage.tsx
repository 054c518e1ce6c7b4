/** The page of somebody who is not signed in yet. Knows where to go afterwards and nothing of the app behind it. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Brand } from '@/app/frame/Brand';
import { LanguageChoice } from '@/app/frame/LanguageChoice';
import { OfflineBanner } from '@/app/frame/OfflineBanner';
import { SignInForm } from '@/app/session/SignInForm';
import { PageHead } from '@/ui/PageHead';
import classes from './SignInPage.module.css';

export function SignInPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/sign-in' });
  return (
    <div className={classes.page}>
      <OfflineBanner />
      <main className={classes.card}>
        <Brand />
        <div className={classes.words}>
          <PageHead title={t('sign_in.title')} lead={t('sign_in.lead')} />
        </div>
        <SignInForm onDone={() => void navigate({ href: next ?? '/', replace: true })} />
      </main>
      <footer className={classes.foot}>
        <LanguageChoice />
      </footer>
    </div>
  );
}
