/** The page of somebody who is not signed in yet. Knows where to go afterwards and nothing of the app behind it. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { BarePage } from '@/app/frame/BarePage';
import { SignInForm } from '@/app/session/SignInForm';
import { PageHead } from '@/ui/PageHead';

export function SignInPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/sign-in' });
  return (
    <BarePage width="25rem">
      <div>
        <PageHead title={t('sign_in.title')} lead={t('sign_in.lead')} />
        <SignInForm onDone={() => void navigate({ href: next ?? '/', replace: true })} />
      </div>
    </BarePage>
  );
}
