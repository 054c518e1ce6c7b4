/** The text itself with the problems of this very text. Knows CodeMirror through `code.ts`; never how text is stored. */
import { setDiagnostics } from '@codemirror/lint';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { flatScope, type Json, placesOf, scopeAt } from '@/model';
import { useDraftParts } from '../draft';
import { useTitles } from '../say';
import type { Problem } from '../session/parts';
import { useStore } from '../store';
import { type Code, diagnosticsOf, makeCode } from './code';
import type { Knowledge } from './complete';
import { ProblemList } from './ProblemList';
import { usePhrases } from './phrases';
import { checkText, schemaQuery } from './requests';
import type { TextSync } from './sync';
import classes from './TextView.module.css';
import { type Words, worded } from './words';

/** A pause in typing after which the checker is asked. */
const CHECK_MS = 450;

interface Props {
  sync: TextSync;
  readOnly: boolean;
}

export function CodePane({ sync, readOnly }: Props) {
  const { t } = useTranslation('text');
  const lang = useLang();
  const titles = useTitles();
  const { session, catalog } = useDraftParts();
  const phrases = usePhrases();
  const hint = useId();
  const place = useRef<HTMLDivElement>(null);
  const [code, setCode] = useState<Code>();
  const schema = useSchema();
  const know = useRef<Knowledge>(null as unknown as Knowledge);
  know.current = {
    schema,
    lang,
    titleOf(value) {
      const title = titles.action(value);
      return title === value ? undefined : title;
    },
    scopeAt: (pointer) => flatScope(scopeAt(session.document, catalog, pointer)),
    steps: () => [...placesOf(session.document).keys()],
  };
  const text = useStore(sync.store, (state) => state.text ?? '');
  const label = t('label');

  useEffect(() => {
    if (!place.current) return;
    const made = makeCode(place.current, {
      text: sync.store.get().text ?? '',
      know: () => know.current,
      typed: (typed) => sync.typed(typed),
      label,
      describedBy: hint,
      phrases,
    });
    setCode(made);
    return () => made.view.destroy();
  }, [sync, label, hint, phrases]);
  useEffect(() => code?.show(text), [code, text]);
  useEffect(() => code?.setReadOnly(readOnly), [code, readOnly]);

  const problems = useProblems(text, sync);
  useEffect(() => {
    if (code) code.view.dispatch(setDiagnostics(code.view.state, diagnosticsOf(code.view.state, problems)));
  }, [code, problems]);

  const isBroken = useStore(sync.store, (state) => state.faults.length > 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown around the text takes room from it
  useEffect(() => code?.follow(), [code, isBroken, problems.length]);

  return (
    <>
      <div ref={place} className={classes.code} />
      <ProblemList problems={problems} go={(problem) => code?.goTo(problem.line, problem.column)}>
        <span id={hint} className={classes.hint}>
          {t('keys')}
        </span>
      </ProblemList>
    </>
  );
}

/** The schema that is followed, with its help in the reader's language; nothing until it has come. */
function useSchema(): Json | undefined {
  const { i18n } = useTranslation('document');
  const lang = useLang();
  const { catalog } = useDraftParts();
  const { data: schema } = useQuery(schemaQuery);
  return useMemo(() => {
    const words = i18n.getResourceBundle(lang, 'document') as Words | undefined;
    if (schema === undefined || words === undefined) return schema;
    const known = (kind: string) =>
      Object.hasOwn(catalog.nodes, kind) ? localText(catalog.nodes[kind]?.summary, lang) : undefined;
    return worded(schema, words, lang, known);
  }, [schema, i18n, lang, catalog]);
}

/** What the checker says of the text; without a server, why it cannot be read. */
function useProblems(text: string, sync: TextSync): readonly Problem[] {
  const { t } = useTranslation('text');
  const faults = useStore(sync.store, (state) => state.faults);
  const [checked, setChecked] = useState<{ text: string; problems: readonly Problem[] }>();
  useEffect(() => {
    const control = new AbortController();
    const timer = setTimeout(() => {
      checkText(text, control.signal).then(
        (problems) => setChecked({ text, problems }),
        () => undefined,
      );
    }, CHECK_MS);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [text]);
  const local = useMemo(
    () =>
      faults.slice(0, 1).map(
        ({ code, line, column }): Problem => ({
          code,
          line,
          column,
          severity: 'error',
          path: '',
          message: t(`unread.${code}`),
          hint: '',
        }),
      ),
    [faults, t],
  );
  const isFresh = checked?.text === text;
  return faults.length > 0 && !isFresh ? local : (checked?.problems ?? local);
}
