/** @vitest-environment happy-dom */
/** Holds the form as people use it: what they do comes out as the value the schema asks for. */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import i18next from 'i18next';
import { type ReactNode, useState } from 'react';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Schema } from '@/api/catalog';
import type { FieldError } from '@/api/schema.gen';
import texts from '@/i18n/es/form.json';
import { type WidgetProps, Widgets } from './registry';
import { SchemaForm } from './SchemaForm';

const i18n = i18next.createInstance();
let last: unknown;

beforeAll(async () => {
  await i18n.use(initReactI18next).init({ lng: 'es', resources: { es: { form: texts } }, defaultNS: 'form' });
  // Mantine looks for these, and happy-dom has no media queries that match.
  Object.assign(globalThis, {
    ResizeObserver: class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  });
});
afterEach(cleanup);

interface HeldProps {
  schema: Schema;
  first: Record<string, unknown>;
  errors: FieldError[];
}

function Held({ schema, first, errors }: HeldProps) {
  const [held, setHeld] = useState(first);
  return (
    <SchemaForm
      schema={schema}
      value={held}
      errors={errors}
      path="settings"
      onChange={(next) => {
        last = next;
        setHeld(next);
      }}
    />
  );
}

function show(schema: Schema, value: Record<string, unknown> = {}, errors: FieldError[] = []) {
  last = value;
  return render(<Held schema={schema} first={value} errors={errors} />, { wrapper: Around });
}

function Around({ children }: { children: ReactNode }) {
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider env="test">
        <QueryClientProvider client={new QueryClient()}>
          <Widgets add={{ shout: Shout }}>{children}</Widgets>
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  );
}

function Shout({ label, onChange }: WidgetProps) {
  return (
    <button type="button" onClick={() => onChange('!')}>
      {label}
    </button>
  );
}

describe('a form', () => {
  it('gives texts, numbers and switches as their types, and takes emptied ones away', async () => {
    const user = userEvent.setup();
    show({
      properties: {
        host: { type: 'string', 'x-titles': { es: 'Servidor' } },
        port: { type: ['integer', 'null'], 'x-titles': { es: 'Puerto' } },
        safe: { type: 'boolean', 'x-titles': { es: 'Seguro' } },
      },
    });
    await user.type(screen.getByLabelText('Servidor'), 'a.example');
    await user.type(screen.getByLabelText('Puerto'), '587');
    await user.click(screen.getByLabelText('Seguro'));
    expect(last).toEqual({ host: 'a.example', port: 587, safe: true });
    await user.clear(screen.getByLabelText('Servidor'));
    await user.clear(screen.getByLabelText('Puerto'));
    expect(last).toEqual({ safe: true });
  });

  it('writes durations as the engine reads them, and leaves expressions alone', async () => {
    const user = userEvent.setup();
    show(
      {
        properties: {
          wait: { type: 'string', 'x-widget': 'duration' },
          other: { type: 'string', 'x-widget': 'duration' },
        },
      },
      { wait: '2h', other: '${inputs.patience}' },
    );
    const amount = screen.getByLabelText('Wait: cuánto');
    expect(amount).toHaveProperty('value', '2');
    await user.clear(amount);
    await user.type(amount, '5');
    expect(last).toEqual({ wait: '5m', other: '${inputs.patience}' });
    expect(screen.getByLabelText('Other')).toHaveProperty('value', '${inputs.patience}');
  });

  it('holds names with values and items in their order', async () => {
    const user = userEvent.setup();
    show({
      properties: {
        headers: { type: 'object', additionalProperties: true },
        tags: { type: 'array', items: { type: 'string' } },
      },
    });
    const [addPair, addItem] = screen.getAllByText('Agregar');
    if (!addPair || !addItem) throw new Error('no buttons');
    await user.click(addPair);
    await user.type(screen.getByLabelText('Nombre 1'), 'x-key');
    await user.type(screen.getByLabelText('Valor 1'), 'v');
    await user.click(addItem);
    await user.type(screen.getByLabelText(/^Elemento 1/), 'vip');
    expect(last).toEqual({ headers: { 'x-key': 'v' }, tags: ['vip'] });
  });

  it('shows each problem at its field, also in a folded part', () => {
    show(
      { properties: { host: { type: 'string' }, base_url: { type: 'string', default: 'https://a' } } },
      {},
      [{ path: 'settings.base_url', message: 'no es una dirección', hint: 'empezá con https' }],
    );
    expect(screen.getByText('no es una dirección; empezá con https')).toBeTruthy();
    expect(screen.getByText('Más opciones').closest('details')?.open).toBe(true);
  });

  it('tells problems of documents by their pointers, also of what lies inside a field', () => {
    render(
      <SchemaForm
        schema={{ properties: { 'a/b': { type: 'string' }, list: { 'x-widget': 'json' } } }}
        value={{}}
        path="/steps/0/with"
        onChange={() => undefined}
        errors={[
          { path: '/steps/0/with/a~1b', message: 'Está vacío.', hint: 'Escribí algo.' },
          { path: '/steps/0/with/list/3', message: 'no es un número' },
          { path: '/steps/0/with/listed', message: 'de otro campo' },
        ]}
      />,
      { wrapper: Around },
    );
    expect(screen.getByText('Está vacío. Escribí algo.')).toBeTruthy();
    expect(screen.getByText('no es un número')).toBeTruthy();
    expect(screen.queryByText('de otro campo')).toBeNull();
  });

  it('keeps the kind of a value that is no text', async () => {
    const user = userEvent.setup();
    show(
      { properties: { data: { type: 'object', additionalProperties: true } } },
      { data: { n: 1, t: '2' } },
    );
    await user.type(screen.getByLabelText('Valor 1'), '0');
    await user.type(screen.getByLabelText('Valor 2'), '0');
    expect(last).toEqual({ data: { n: 10, t: '20' } });
    await user.type(screen.getByLabelText('Valor 1'), 'x');
    expect(last).toEqual({ data: { n: '10x', t: '20' } });
  });

  it('draws the widgets that a part of the app adds', async () => {
    const user = userEvent.setup();
    show({ properties: { voice: { type: 'string', 'x-widget': 'shout' } } });
    await user.click(screen.getByText('Voice'));
    expect(last).toEqual({ voice: '!' });
  });
});
