/** Says aloud what an edit, an undo or a redo did, for those who do not see it. Knows the history's words; never a step. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entry, Phrase } from '@/model';
import { useDraftPart } from '../draft';
import { useSay } from '../say';

/** Letters of one word follow each other more closely. */
const QUIET_MS = 600;

export function Announcer() {
  const { t } = useTranslation('editor');
  const say = useSay();
  const undo = useDraftPart((state) => state.history.undo);
  const redo = useDraftPart((state) => state.history.redo);
  const before = useRef({ undo, redo });
  const [words, setWords] = useState('');
  useEffect(() => {
    const done = deedOf(before.current, { undo, redo });
    before.current = { undo, redo };
    if (!done) return;
    const timer = setTimeout(() => setWords(t(`said.${done.what}`, { deed: say(done.deed) })), QUIET_MS);
    return () => clearTimeout(timer);
  }, [undo, redo, say, t]);
  return (
    <div role="status" className="visually-hidden">
      {words}
    </div>
  );
}

interface Stacks {
  readonly undo: readonly Entry[];
  readonly redo: readonly Entry[];
}

/** What led from one state of the history to the next. */
export function deedOf(
  before: Stacks,
  now: Stacks,
): { readonly what: 'done' | 'undone' | 'redone'; readonly deed: Phrase } | undefined {
  const last = now.undo.at(-1);
  const undone = now.redo.at(-1);
  if (undone && now.redo.length > before.redo.length) return { what: 'undone', deed: undone.label };
  if (!last || last === before.undo.at(-1)) return undefined;
  // An undo in between is told by its own entry; a new deed drops what could be redone.
  const isRedone = before.redo.at(-1)?.patches === last.patches;
  return { what: isRedone ? 'redone' : 'done', deed: last.label };
}
