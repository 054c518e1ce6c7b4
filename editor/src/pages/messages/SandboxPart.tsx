/** Messages that sandbox connections kept, as bubbles on a phone. Knows texts; no channel by name. */
import { Skeleton } from '@mantine/core';
import { IconDeviceMobile } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { itemsOf } from '@/api/pages';
import { Ago } from '@/ui/Ago';
import { EmptyState } from '@/ui/EmptyState';
import { LoadMore } from '@/ui/LoadMore';
import { ProblemView } from '@/ui/ProblemView';
import { sandboxQuery } from './queries';
import classes from './SandboxPart.module.css';

export function SandboxPart() {
  const { t } = useTranslation('messages');
  const found = useInfiniteQuery(sandboxQuery);
  const rows = found.data && itemsOf(found.data);
  if (found.isError) return <ProblemView error={found.error} retry={() => void found.refetch()} />;
  if (rows === undefined) return <Skeleton height={280} radius={12} />;
  if (rows.length === 0) {
    return (
      <EmptyState icon={IconDeviceMobile} title={t('sandbox.title')}>
        {t('sandbox.words')}
      </EmptyState>
    );
  }
  return (
    <>
      <ul className={classes.bubbles}>
        {rows.map((message) => (
          <li key={message.id} className={classes.bubble}>
            <header className={classes.head}>
              <strong>{message.recipient}</strong>
              <span className="soft">
                {message.channel} · <Ago at={message.sent_at} />
              </span>
            </header>
            <p className={classes.text}>{message.text}</p>
          </li>
        ))}
      </ul>
      <LoadMore pages={found} />
    </>
  );
}
