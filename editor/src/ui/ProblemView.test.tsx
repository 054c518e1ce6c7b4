/** @vitest-environment happy-dom */
/** Holds that a failure is told once: by the server's own sentence, by the app's, or beside its field. */
import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen } from '@testing-library/react';
import i18next from 'i18next';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { ApiError } from '@/api/problem';
import texts from '@/i18n/es/shell.json';
import { ProblemView } from './ProblemView';

const i18n = i18next.createInstance();
const { problem } = texts;

beforeAll(async () => {
  await i18n.use(initReactI18next).init({
    lng: 'es',
    resources: { es: { shell: texts } },
    defaultNS: 'shell',
    interpolation: { escapeValue: false },
  });
});
afterEach(cleanup);

function told(error: unknown, shown: string[] = []): (string | null)[] {
  render(
    <MantineProvider>
      <I18nextProvider i18n={i18n}>
        <ProblemView error={error} shown={shown} />
      </I18nextProvider>
    </MantineProvider>,
  );
  return [...screen.getByRole('alert').querySelectorAll('p, li')].map((line) => line.textContent);
}

const RUNNING = 'Solo se puede reintentar una ejecución que falló.';
const CHANGED = 'El borrador va por la revisión 4.';
const empty = { path: 'name', message: 'está vacío', hint: 'decí para qué es la clave' };
const refused = (code: string, status: number, more: object = {}) => new ApiError({ code, status, ...more });

it.each([
  [
    'a sentence of the server',
    refused('conflict', 409, { detail: RUNNING }),
    [problem.conflict.title, RUNNING],
  ],
  ['none', refused('conflict', 409), [problem.conflict.title, problem.conflict.todo]],
  [
    'what happened, and what to do',
    refused('revision_mismatch', 409, { detail: CHANGED }),
    [problem.revision_mismatch.title, problem.revision_mismatch.todo, CHANGED],
  ],
  [
    'a field',
    refused('invalid_body', 422, { detail: 'name: está vacío', errors: [empty] }),
    [problem.invalid_body.title, problem.invalid_body.todo, 'name está vacío · decí para qué es la clave'],
  ],
])('tells once: %s', (_, error, lines) => {
  expect(told(error)).toEqual(lines);
});

it('does not repeat what stands beside its field, and marks what the app threw as English', () => {
  const error = refused('invalid_body', 422, { detail: 'name: está vacío', errors: [empty] });
  expect(told(error, ['name'])).toEqual([problem.invalid_body.title, problem.invalid_body.todo]);
  cleanup();
  expect(told(new Error('x is undefined'))).toEqual([
    problem.other.title,
    problem.other.todo,
    'x is undefined',
  ]);
  expect(screen.getByText('x is undefined').getAttribute('lang')).toBe('en');
});
