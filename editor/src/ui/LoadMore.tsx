/** The way to the next page of a list. Knows a query's pages, never what they hold. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

export function LoadMore({ pages }: { pages: Pages }) {
  const { t } = useTranslation();
  if (!pages.hasNextPage) return null;
  return (
    <div style={{ display: 'grid', justifyItems: 'center', marginTop: '1rem' }}>
      <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        {t('load_more')}
      </Button>
    </div>
  );
}
