/** @vitest-environment happy-dom */
/** Holds the list one chooses from: search, arrows, Enter, and what is read aloud. */
import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import i18next from 'i18next';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import texts from '@/i18n/es/blocks.json';
import type { Catalog } from '@/model';
import { ChoiceList } from './ChoiceList';
import { choicesOf, searched } from './choices';
import type { Entry } from './entries';
import { triggersOf } from './triggers';

const i18n = i18next.createInstance();
beforeAll(async () => {
  await i18n.use(initReactI18next).init({ lng: 'es', resources: { es: { blocks: texts } } });
});
afterEach(cleanup);

const words = (es: string) => ({ es, en: es, pt: es });
const node = (kind: string, title: string, sends: boolean) => ({
  kind,
  title: words(title),
  summary: words(''),
  params: {},
  output: true,
  sends,
  promise: 'pure' as const,
  refusals: [],
});
const CATALOG: Catalog = {
  nodes: {
    'mail.send': node('mail.send', 'Enviar correo', true),
    'note.put': node('note.put', 'Anotar', false),
    script: node('script', 'Código', false),
  },
  events: { 'cart.updated': { title: words('Carrito'), data: {}, sample: {} } },
  connectors: {},
  contact: true,
  org: true,
};

const entry = (id: string, group: string, title: string): Entry<string> => ({
  id,
  group,
  title,
  line: `línea de ${id}`,
  words: [],
  picture: { block: 'wait', use: 'wait' },
  item: id,
});
const ENTRIES = [entry('a', 'Uno', 'Esperar'), entry('b', 'Uno', 'Enviar'), entry('c', 'Dos', 'Cálculo')];

function show(onChoose: (item: string) => void) {
  return render(
    <I18nextProvider i18n={i18n}>
      <MantineProvider>
        <ChoiceList entries={ENTRIES} label="Buscar" onChoose={onChoose} focus />
      </MantineProvider>
    </I18nextProvider>,
  );
}

describe('the list of choices', () => {
  it('is driven from the search field alone', async () => {
    const chosen: string[] = [];
    show((item) => chosen.push(item));
    const field = screen.getByRole('combobox', { name: 'Buscar' });
    expect(document.activeElement).toBe(field);
    await userEvent.keyboard('{ArrowDown}{Enter}{ArrowUp}{ArrowUp}{Enter}');
    expect(chosen).toEqual(['b', 'c']);
    const active = field.getAttribute('aria-activedescendant') ?? '';
    expect(document.getElementById(active)?.getAttribute('aria-selected')).toBe('true');
  });

  it('finds without accents and says how much it found', async () => {
    const chosen: string[] = [];
    show((item) => chosen.push(item));
    await userEvent.keyboard('calc');
    expect(screen.getAllByRole('option')).toHaveLength(1);
    expect(screen.getByRole('status').textContent).toBe('1 resultado');
    await userEvent.keyboard('{Enter}');
    expect(chosen).toEqual(['c']);
    await userEvent.keyboard('xyz');
    expect(screen.queryAllByRole('option')).toHaveLength(0);
    expect(screen.getByRole('status').textContent).toBe('0 resultados');
  });

  it('is chosen from by the pointer, and in groups', async () => {
    const chosen: string[] = [];
    show((item) => chosen.push(item));
    await userEvent.click(screen.getByRole('option', { name: /Cálculo/ }));
    expect(chosen).toEqual(['c']);
    expect(screen.getAllByRole('group').map((group) => group.getAttribute('aria-label'))).toEqual([
      'Uno',
      'Dos',
    ]);
  });
});

describe('what can be put into a flow', () => {
  it('is every action and every block, what is both only once', () => {
    const ids = choicesOf(CATALOG).map(({ id }) => id);
    expect(ids).toContain('mail.send');
    expect(ids).toContain(':wait');
    expect(ids).toContain(':script');
    expect(ids).not.toContain('script');
    expect(new Set(ids).size).toBe(ids.length);
    expect(choicesOf(CATALOG).find(({ id }) => id === 'mail.send')?.use).toBe('message');
  });

  it('makes steps with names of their own', () => {
    const document = { operandi: 1, name: 'x', steps: [{ id: 'send', wait: { for: '1h' } }] };
    const mail = choicesOf(CATALOG).find(({ id }) => id === 'mail.send');
    expect(mail?.make(document)).toEqual({ id: 'send_2', action: 'mail.send', with: {} });
  });

  it('starts by an event, a time, a sensor, a webhook or a person', () => {
    expect(triggersOf(CATALOG).map(({ id }) => id)).toEqual([
      'cart.updated',
      ':schedule',
      ':sensor',
      ':webhook',
      ':manual',
    ]);
  });

  it('is found by all the words asked for, titles first', () => {
    const found = searched(ENTRIES, 'e', ({ title, line }) => [title, line]);
    expect(found.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(searched(ENTRIES, 'de c', ({ title, line }) => [title, line]).map(({ id }) => id)).toEqual(['c']);
  });
});
