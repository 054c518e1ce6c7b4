/** What stands where a page is on its way: its grey shape, or, while the server is away, what happened. Knows no page. */
import { Skeleton } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/problem';
import { reach } from '@/api/reach';
import { noteArrival } from './arrival';
import { PageHead } from './PageHead';
import { ProblemView } from './ProblemView';

const AWAY = new ApiError({ status: 0 });

/** For a whole page. What waits for the server goes on by itself, so trying again is only asking whether it is back. */
export function PageBones() {
  const { t } = useTranslation();
  if (useAway()) return <Unreached />;
  return (
    <>
      <h1 className="visually-hidden">{t('loading')}</h1>
      <Bones />
    </>
  );
}

/** For a part of a page that has its heading. */
export function Bones() {
  const { t } = useTranslation();
  if (useAway()) return <ProblemView error={AWAY} retry={() => void reach.ask()} />;
  return (
    <div role="status" aria-label={t('loading')}>
      <Skeleton height={26} width={220} mb={12} />
      <Skeleton height={14} width={340} maw="80%" mb={32} />
      <Skeleton height={320} radius={12} />
    </div>
  );
}

function useAway(): boolean {
  return useSyncExternalStore(reach.subscribe, reach.isAway);
}

function Unreached() {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const path = useLocation({ select: (location) => location.pathname });

  // Whoever stands on this page stands on the one that comes in its place, too.
  useLayoutEffect(() => {
    const here = place.current;
    return () => {
      if (here?.contains(document.activeElement)) noteArrival(path);
    };
  }, [path]);

  return (
    <div ref={place}>
      <PageHead title={t('trouble.title')} />
      <ProblemView error={AWAY} retry={() => void reach.ask()} />
    </div>
  );
}
