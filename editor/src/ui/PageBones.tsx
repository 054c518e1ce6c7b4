/** The grey shape of a page that is on its way. Knows no page. */
import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function PageBones() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('loading')}>
      <Skeleton height={26} width={220} mb={12} />
      <Skeleton height={14} width={340} maw="80%" mb={32} />
      <Skeleton height={320} radius={12} />
    </div>
  );
}
