/**
 * Lists that come page by page, as TanStack Query wants them.
 *
 * Knows cursors; never what a list holds.
 */
import { type InfiniteData, infiniteQueryOptions } from '@tanstack/react-query';

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** A list under `key` whose pages `read` brings. */
export function pages<T>(key: readonly unknown[], read: (cursor: string | undefined) => Promise<Page<T>>) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page<T>) => last.next_cursor ?? undefined,
  });
}

/** Everything that has come so far. */
export function itemsOf<T>(found: InfiniteData<Page<T>> | undefined): T[] {
  return found?.pages.flatMap((page) => page.items) ?? [];
}
