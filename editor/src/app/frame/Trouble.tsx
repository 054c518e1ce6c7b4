/** What is shown instead of a page: nothing is there, or it could not be shown. Knows errors, no page. */
import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { reach } from '@/api/reach';
import { EmptyState } from '@/ui/EmptyState';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';

export function LostPage() {
  const { t } = useTranslation();
  return (
    <main style={{ padding: '1.5rem', maxWidth: '46rem', margin: '0 auto' }}>
      <PageHead title={t('lost.title')} />
      <EmptyState
        icon={IconMapOff}
        title={t('lost.heading')}
        actions={
          <Button component={Link} to="/workflows">
            {t('lost.action')}
          </Button>
        }
      >
        {t('lost.words')}
      </EmptyState>
    </main>
  );
}

export function TroublePage({ error }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();

  // As soon as the server is back the page is tried again by itself.
  useEffect(() => reach.subscribe(() => void (reach.isAway() || router.invalidate())), [router]);

  return (
    <div style={{ padding: '1.5rem', maxWidth: '46rem', margin: '0 auto' }}>
      <PageHead title={t('trouble.title')} />
      <ProblemView error={error} retry={() => void router.invalidate()} />
    </div>
  );
}
