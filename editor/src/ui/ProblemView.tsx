/**
 * Shows any failure in the same way: what happened, what to do about it, and the way to try again.
 *
 * The server says what happened in the reader's language. Knows `ApiError`; never which request failed.
 */
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type ApiError, asApiError } from '@/api/problem';
import classes from './ProblemView.module.css';

/** Codes that have words of their own; `problem.<code>.title` and `.todo`. */
const TOLD = [
  'away',
  'busy',
  'conflict',
  'already_exists',
  'forbidden',
  'internal',
  'invalid_body',
  'invalid_document',
  'not_found',
  'revision_mismatch',
  'too_large',
  'too_many_requests',
  'unauthenticated',
  'unavailable',
] as const;
type Told = (typeof TOLD)[number];

/** Where the server's own sentence says more than `todo`, which would only repeat it. */
const SAID: readonly (Told | 'other')[] = ['busy', 'conflict', 'forbidden', 'not_found', 'other'];

function toldBy(error: ApiError): Told | 'other' {
  if (error.kind === 'away') return 'away';
  return TOLD.find((code) => code === error.code) ?? 'other';
}

interface Props {
  error: unknown;
  /** Tries again. */
  retry?: () => void;
  /** Fields whose errors stand beside them and are not repeated here. */
  shown?: readonly string[];
}

export function ProblemView({ error: thrown, retry, shown = [] }: Props) {
  const { t } = useTranslation();
  const error = asApiError(thrown);
  const code = toldBy(error);
  const Icon = code === 'away' ? IconPlugConnectedX : IconAlertTriangle;
  const fields = error.errors.filter((found) => !shown.includes(found.path));
  // What the app itself threw is no sentence for people.
  const own = error.code === 'client';
  // Without a sentence of its own the server repeats its first field here.
  const detail = error.errors.length > 0 || code === 'away' ? undefined : error.detail;
  const todo = detail === undefined || own || !SAID.includes(code);
  return (
    <div className={classes.problem} role="alert">
      <Icon size={20} className={classes.icon} aria-hidden />
      <div className={classes.words}>
        <p className={classes.title}>{t(`problem.${code}.title`)}</p>
        {todo && (
          <p className={classes.todo}>{t(`problem.${code}.todo`, { seconds: error.retryAfter ?? 30 })}</p>
        )}
        {fields.length > 0 && (
          <ul className={classes.list}>
            {fields.map((found) => (
              <li key={found.path}>
                <code>{found.path}</code> {found.message}
                {found.hint ? ` · ${found.hint}` : ''}
              </li>
            ))}
          </ul>
        )}
        {detail !== undefined && (
          <p className={classes.detail} lang={own ? 'en' : undefined}>
            {detail}
          </p>
        )}
        {error.kind === 'broken' && error.requestId !== undefined && (
          <p className={classes.detail}>
            {t('problem.request')} <code>{error.requestId}</code>
          </p>
        )}
        {retry !== undefined && (
          <Button size="xs" variant="default" mt="sm" onClick={retry}>
            {t('try_again')}
          </Button>
        )}
      </div>
    </div>
  );
}
