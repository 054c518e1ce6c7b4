/** A row in words. Knows the words of steps; never how a row looks. */
import { useCallback } from 'react';
import type { OutlineRow } from '@/model';
import { useDraftParts } from '../draft';
import { type StepWords, useWords } from '../steps/words';

export function useRowWords(): (row: OutlineRow) => StepWords {
  const words = useWords();
  const { session } = useDraftParts();
  return useCallback(
    (row) => {
      if (row.kind === 'trigger') return words.trigger(session.document);
      if (row.step) return words.step(row.step);
      return { title: words.way(row.label), line: '', filled: true };
    },
    [words, session],
  );
}
