/** @vitest-environment happy-dom */
/** Holds the builder as people use it: rows come out as the expression, and an expression comes in as rows. */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import i18next from 'i18next';
import { type ReactNode, useState } from 'react';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import texts from '@/i18n/es/panel.json';
import type { Json } from '@/model';
import type { Named } from '../scope/names';
import { type FieldScope, ScopeContext } from '../scope/use-scope';
import { ConditionWidget } from './ConditionWidget';

const i18n = i18next.createInstance();

beforeAll(async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('there is no server')));
  await i18n.use(initReactI18next).init({
    lng: 'es',
    resources: { es: { panel: texts } },
    defaultNS: 'panel',
    interpolation: { escapeValue: false },
  });
  Object.assign(globalThis, {
    ResizeObserver: class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  });
});
afterEach(cleanup);

const named = (expression: string, short: string, kind: Named['kind'], schema: Json = {}): Named => ({
  expression,
  short,
  label: `Evento · ${short}`,
  kind,
  schema,
  help: undefined,
  depth: 0,
  optional: false,
  maybe: false,
});
const WORDS = [
  named('event.total', 'Total', 'number'),
  named('event.status', 'Estado', 'text', { enum: ['open', 'ordered'] }),
  named('event.vip', 'VIP', 'boolean'),
];
const SCOPE: FieldScope = {
  groups: [],
  named: [{ key: 'event:', title: 'Evento', sure: true, all: WORDS }],
  words: new Map(WORDS.map((word) => [word.expression, word])),
  trial: {},
};
const give = () => SCOPE;

function Around({ children }: { children: ReactNode }) {
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider env="test">
        <QueryClientProvider client={new QueryClient()}>
          <ScopeContext value={give}>{children}</ScopeContext>
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  );
}

interface Props {
  first: string;
  tell: (source: unknown) => void;
}

function Held({ first, tell }: Props) {
  const [value, setValue] = useState<unknown>(first);
  return (
    <ConditionWidget
      path="/steps/0/if"
      schema={{}}
      label="Condición"
      help={undefined}
      required
      disabled={false}
      error={undefined}
      errors={[]}
      value={value}
      onChange={(next) => {
        tell(next);
        setValue(next);
      }}
    />
  );
}

function show(first: string) {
  const tell = vi.fn();
  render(<Held first={first} tell={tell} />, { wrapper: Around });
  return () => tell.mock.lastCall?.[0];
}

describe('the builder of conditions', () => {
  it('shows an expression as rows with the words people know', () => {
    show('event.total > 100 && event.status == "open" && !event.vip');
    expect(screen.getByText('Evento · Total')).toBeTruthy();
    expect(screen.getByLabelText('Valor de la condición 1')).toHaveProperty('value', '100');
    expect(screen.getByLabelText('Comparación 2', { selector: 'input' })).toHaveProperty(
      'value',
      'es igual a',
    );
    expect(screen.getByLabelText('Comparación 3', { selector: 'input' })).toHaveProperty('value', 'es falso');
    expect(screen.queryByLabelText('Valor de la condición 3')).toBeNull();
  });

  it('writes what is changed, and nothing of a row that is not whole', async () => {
    const user = userEvent.setup();
    const last = show('event.total > 100');
    const value = screen.getByLabelText('Valor de la condición 1');
    await user.clear(value);
    expect(last()).toBe('');
    await user.type(value, '2,5');
    expect(last()).toBe('event.total > 2.5');
    await user.click(screen.getByText('Agregar condición'));
    expect(last()).toBe('event.total > 2.5');
    await user.click(screen.getByText('Se cumple alguna'));
    expect(last()).toBe('event.total > 2.5');
    await user.click(screen.getByLabelText('Quitar la condición 1'));
    expect(last()).toBe('');
  });

  it('chooses a field and then only what suits it', async () => {
    const user = userEvent.setup();
    const last = show('');
    await user.click(screen.getByText('Agregar condición'));
    await user.click(screen.getByLabelText('Dato de la condición 1'));
    await user.click(await screen.findByRole('option', { name: /VIP/ }));
    expect(last()).toBe('event.vip');
    await user.click(screen.getByLabelText('Comparación 1', { selector: 'input' }));
    const offered = screen.getAllByRole('option').map((option) => option.textContent);
    expect(offered).toEqual(['es verdadero', 'es falso', 'tiene valor', 'no tiene valor']);
  });
});
