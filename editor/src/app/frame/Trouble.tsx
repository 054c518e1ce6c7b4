/** What is shown instead of a page: nothing is there, or it could not be shown. Knows errors, no page. */
import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { reach } from '@/api/reach';
import { EmptyState } from '@/ui/EmptyState';
import { PageBones } from '@/ui/PageBones';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import classes from './Trouble.module.css';

export function LostPage() {
  const { t } = useTranslation();
  return (
    <main className={classes.bare}>
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
  return (
    <>
      <PageHead title={t('trouble.title')} />
      <TroublePart error={error} />
    </>
  );
}

/** For a part of a page that has its heading. */
export function TroublePart({ error }: Pick<ErrorComponentProps, 'error'>) {
  const router = useRouter();

  // As soon as the server is back the page is tried again by itself.
  useEffect(() => reach.subscribe(() => void (reach.isAway() || router.invalidate())), [router]);

  return <ProblemView error={error} retry={() => void router.invalidate()} />;
}

/** Where nothing of the app stands around it. */
export function BareTrouble(props: ErrorComponentProps) {
  return (
    <main className={classes.bare}>
      <TroublePage {...props} />
    </main>
  );
}

/** Where nothing of the app stands around it. */
export function BareBones() {
  return (
    <main className={classes.bare}>
      <PageBones />
    </main>
  );
}
