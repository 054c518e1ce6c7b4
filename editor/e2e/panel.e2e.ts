// The panel beside the canvas: every step's form, expressions tried on a sample, problems at their fields, edits
// that are saved and undone, by keyboard and with a finger. Pictures land in e2e/artefacts.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, picture, smallTargets, violations } from './harness/browser';
import { eventually } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { Shop } from './harness/workflow';

const DOCUMENT = {
  operandi: 1,
  name: { es: 'De todo un poco', en: 'A bit of all', pt: 'De tudo um pouco' },
  inputs: {
    patience: {
      type: 'duration',
      default: '1h',
      title: { es: 'Paciencia', en: 'Patience', pt: 'Paciência' },
    },
  },
  trigger: { event: 'cart.updated', where: 'event.total > 100 && event.contact != ()', key: 'event.cart_id' },
  exit: [{ event: 'order.created', match: { cart_id: '${event.cart_id}' }, outcome: 'bought' }],
  goal: { event: 'order.paid', match: { cart_id: '${event.cart_id}' }, within: '5d' },
  steps: [
    { id: 'rest', wait: { for: '1h', window: { from: '09:00', to: '21:00', days: ['mon-fri'] } } },
    {
      id: 'hear',
      wait_for: {
        event: 'message.received',
        match: { contact: '${event.contact}' },
        timeout: '${inputs.patience}',
      },
      on_timeout: [{ id: 'silent', stop: 'no_answer' }],
    },
    {
      id: 'rich',
      if: 'event.totl > 5000',
      // biome-ignore lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
      then: [{ id: 'tell', action: 'log', with: { message: 'Total', data: { a: 1 } } }],
    },
    {
      id: 'many',
      switch: [
        { when: 'event.currency == "ARS"', steps: [] },
        { when: 'event.total + 1 > 3', steps: [] },
      ],
    },
    {
      id: 'test',
      split: { a: 50, b: 30 },
      paths: {
        a: [
          {
            id: 'send',
            action: 'whatsapp.send_template',
            with: { variables: ['x', '${event.recovery_url}'] },
          },
        ],
        b: [],
      },
    },
    {
      id: 'items',
      each: 'event.items',
      steps: [{ id: 'one', action: 'log', with: { message: '${item.title}' } }],
    },
    { id: 'both', parallel: { a: [], b: [] } },
    {
      id: 'again',
      repeat: { until: 'steps.call_it.status == 200', limit: 3 },
      steps: [
        { id: 'call_it', action: 'http.request', with: { url: 'https://example.com', json: { a: 1 } } },
      ],
    },
    { id: 'calc', script: 'let total = event.total;\ntotal * 2' },
    { id: 'keep', set: { double: '${steps.calc}' } },
    { id: 'other', call: '01990000-0000-7000-8000-000000000001', with: { x: '${vars.double}' } },
    {
      id: 'who',
      ask: { question: '¿Se envía?', answers: { yes: 'Sí', no: 'No' }, timeout: '1d' },
      on: { yes: [], no: [] },
    },
    { id: 'back', goto: 'rest', limit: 3 },
  ],
};

const STEPS = [
  'rest',
  'hear',
  'silent',
  'rich',
  'tell',
  'many',
  'test',
  'send',
  'items',
  'both',
  'again',
  'call_it',
  'calc',
  'keep',
  'other',
  'who',
  'back',
];

let shop: Shop;

/** The document as the server has it. */
async function stored(id: string): Promise<typeof DOCUMENT> {
  return (await shop.read(id)).document as unknown as typeof DOCUMENT;
}

/** A workflow of its own, seen as a list. */
async function open(size = { width: 1440, height: 900 }) {
  const id = await shop.draft(DOCUMENT);
  const opened = await shop.enter(size);
  const { page } = opened;
  await page.goto(`/workflows/${id}`);
  await page.getByRole('heading', { level: 1, name: 'De todo un poco' }).waitFor();
  // A phone begins with the list.
  if (size.width > 768) await page.locator('header').getByText('Lista', { exact: true }).click();
  await page.getByRole('tree').waitFor();
  return { ...opened, id };
}

async function show(page: Page, stop: string): Promise<void> {
  await page.locator(`[role="treeitem"][data-stop="${stop}"]`).click();
  await page.locator('[data-panel] [data-panel-body]').waitFor();
  await ready(page);
}

/** The panel is there, and every field has become what it is. */
async function ready(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector('[data-panel] [data-panel-body]') !== null &&
      document.querySelector('[data-panel] [aria-busy="true"]') === null &&
      document.querySelector('[data-panel] [data-lines] textarea') === null,
  );
}

function field(page: Page, path: string) {
  return page.locator(`[data-panel] [data-field="${path}"]`);
}

/** What axe finds inside the panel. */
async function panelFaults(page: Page): Promise<string[]> {
  await violations(page);
  const found = (await page.evaluate(
    `axe.run('[data-panel]', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
      .then((result) => result.violations.flatMap(({ id, nodes }) => nodes.map((node) =>
        id + ': ' + node.html.slice(0, 200) + ' ' + (node.failureSummary ?? ''))))`,
  )) as string[];
  const small = await smallTargets(page);
  return [...found, ...small.filter((one) => one.includes('data-panel'))];
}

beforeAll(async () => {
  const server = await startServer();
  shop = new Shop(server, await openSite(server.url), await launch());
  await shop.call('POST', '/connections', {
    connector: 'whatsapp',
    name: 'La tienda',
    settings: { sandbox: true },
  });
});

afterAll(async () => {
  await shop?.browser.close();
  await shop?.site.stop();
  await shop?.server.stop();
});

describe('the panel', () => {
  it('edits texts with variables, tells what they give, and saves and undoes each edit as one', async () => {
    const { context, page, complaints, id } = await open();
    await show(page, 'tell');
    const message = field(page, '/steps/2/then/0/with/message');
    await message.getByRole('textbox').click();
    await page.keyboard.press('End');
    await page.keyboard.type(' de ');
    await message.getByRole('button', { name: /insertar un dato/ }).click();
    await page.getByPlaceholder('Buscar un dato').fill('total');
    await page.keyboard.press('Enter');
    await message.getByText(/^Total de 45900$/).waitFor();
    const told = async () => (await stored(id)).steps[2]?.then?.[0]?.with.message;
    await eventually(told).toBe('Total de ${event.total}');
    await picture(page, 'panel-text');

    // Whoever leaves a field has made one edit of it.
    await page.locator('[data-panel] h2').click();
    await message.getByRole('textbox').click();
    await page.keyboard.press('End');
    await page.keyboard.type('!!!');
    await eventually(told).toBe('Total de ${event.total}!!!');
    await page.keyboard.press('Control+z');
    await message.getByText('!!!').waitFor({ state: 'detached' });
    await eventually(told).toBe('Total de ${event.total}');
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('builds conditions from rows, and shows the checker’s problem until it is put right', async () => {
    const { context, page, complaints, id } = await open();
    await show(page, 'rich');
    const condition = field(page, '/steps/2/if');
    await condition.getByText(/no tiene/).waitFor();
    await condition.getByRole('button', { name: /^Dato de la condición 1/ }).click();
    await page.getByRole('option', { name: /^Total 45900/ }).click();
    await condition.getByText(/no tiene/).waitFor({ state: 'detached' });
    await condition.getByRole('button', { name: 'Agregar condición' }).click();
    await condition.getByRole('button', { name: 'Dato de la condición 2' }).click();
    await page.getByPlaceholder('Buscar un dato').fill('estado');
    await page.keyboard.press('Enter');
    await condition.getByLabel('Valor de la condición 2', { exact: true }).click();
    await page.getByRole('option', { name: 'open' }).click();
    await eventually(async () => (await stored(id)).steps[2]?.if).toBe(
      'event.total > 5000 && event.status == "open"',
    );
    await picture(page, 'panel-condition');
    await condition.getByText('Se cumple alguna').click();
    await eventually(async () => (await stored(id)).steps[2]?.if).toBe(
      'event.total > 5000 || event.status == "open"',
    );

    await condition.getByRole('button', { name: 'Como expresión' }).click();
    await ready(page);
    await condition.getByRole('textbox').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('event.total * 2 > 10');
    await condition.getByText('Sí', { exact: true }).waitFor();
    expect(await condition.getByRole('button', { name: 'Como filas' }).isDisabled()).toBe(true);
    await eventually(async () => (await stored(id)).steps[2]?.if).toBe('event.total * 2 > 10');
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('tries expressions on whatever somebody writes', async () => {
    const { context, page, complaints } = await open();
    await show(page, 'tell');
    const message = field(page, '/steps/2/then/0/with/message');
    await message.getByRole('textbox').click();
    await page.keyboard.press('End');
    await page.keyboard.type(' ${event.total}');
    await message.getByText('Total 45900', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Cambiar', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Con qué se prueba' });
    await dialog.getByRole('textbox', { name: 'Datos del evento' }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('{"total": 7}');
    await dialog.getByRole('button', { name: 'Probar con esto' }).click();
    await page.getByText('Muestra fijada').waitFor();
    await message.getByText('Total 7', { exact: true }).waitFor();
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('tells a schedule in words with its next five times', async () => {
    const { context, page, complaints, id } = await open();
    await show(page, '@trigger');
    await page.getByRole('combobox', { name: 'Lo inicia' }).click();
    await page.getByRole('option', { name: 'El calendario' }).click();
    await page.getByText('Todos los días a las 09:00.').waitFor();
    await page.getByRole('combobox', { name: 'Cuándo' }).click();
    await page.getByRole('option', { name: 'Algunos días de la semana' }).click();
    await page.getByText(/^Los lunes, martes, .* a las 09:00\.$/).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('[data-panel] ol li').length === 5);
    await picture(page, 'panel-schedule');
    await eventually(async () => (await stored(id)).trigger).toEqual({
      schedule: { cron: '0 9 * * mon-fri' },
      key: 'event.cart_id',
    });
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await eventually(async () => (await stored(id)).trigger).toEqual(DOCUMENT.trigger);
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('renames a step with everything that names it', async () => {
    const { context, page, complaints, id } = await open();
    await show(page, 'calc');
    await page.getByRole('button', { name: 'Cambiar el nombre' }).click();
    const name = page.getByRole('dialog').getByRole('textbox');
    await name.fill('doubled');
    await page.keyboard.press('Enter');
    // The panel stays with the step under its new name.
    await page.locator('[data-panel] code', { hasText: 'doubled' }).waitFor();
    await eventually(async () => (await stored(id)).steps[8]?.id).toBe('doubled');
    expect((await stored(id)).steps[9]?.set?.double).toBe('${steps.doubled}');
    await page.keyboard.press('Control+z');
    await eventually(async () => (await stored(id)).steps[8]?.id).toBe('calc');
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('is reached and left by keyboard', async () => {
    const { context, page } = await open();
    await page.locator('[role="treeitem"][data-stop="rest"]').focus();
    await page.keyboard.press('Enter');
    const at = (selector: string) =>
      page.waitForFunction((one) => document.activeElement?.closest(one) !== null, selector);
    await at('[data-panel] [data-panel-body]');
    await page.keyboard.press('Escape');
    await at('[role="treeitem"][data-stop="rest"]');
    await page.keyboard.press('F6');
    await at('[data-panel] [data-panel-body]');
    await page.keyboard.press('F6');
    await at('[role="treeitem"][data-stop="rest"]');
    // What is pressed away leaves the focus beside it.
    await show(page, 'rich');
    await page.getByRole('button', { name: 'Quitar la condición 1' }).press('Enter');
    await at('[data-field="/steps/2/if"]');
    // A problem leads to its field.
    await page.getByRole('button', { name: /problemas?$/ }).click();
    await page.getByRole('button', { name: /connection/ }).click();
    await at('[data-field$="/with/connection"]');
    await context.close();
  });

  it('has a form without faults for every step and every part of the workflow', async () => {
    const { context, page, complaints } = await open();
    const faults: Record<string, string[]> = {};
    const judge = async (name: string) => {
      const found = await panelFaults(page);
      if (found.length > 0) faults[name] = found;
    };
    for (const step of STEPS) {
      await show(page, step);
      await judge(step);
      await picture(page, `panel-${step}`);
    }
    await show(page, '@trigger');
    for (const part of ['Inicio', 'Final', 'El flujo']) {
      await page.locator('[data-panel] label', { hasText: part }).click();
      await ready(page);
      await judge(part);
      await picture(page, `panel-part-${part.replace(' ', '-')}`);
    }
    expect(faults).toEqual({});
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('covers the view on a phone, and gives it back', async () => {
    const { context, page, complaints, id } = await open({ width: 390, height: 844 });
    await show(page, 'tell');
    const sheet = page.getByRole('dialog', { name: 'Panel' });
    const box = await sheet.boundingBox();
    expect(box).toEqual({ x: 0, y: 0, width: 390, height: 844 });
    const sideways = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await sideways()).toBe(0);
    expect(await panelFaults(page)).toEqual([]);
    await picture(page, 'panel-phone');
    const message = field(page, '/steps/2/then/0/with/message');
    await message.getByRole('textbox').click();
    await page.keyboard.press('End');
    await page.keyboard.type('!');
    await eventually(async () => (await stored(id)).steps[2]?.then?.[0]?.with.message).toBe('Total!');
    await page.keyboard.press('Control+z');
    await expect.poll(() => message.getByRole('textbox').textContent()).toBe('Total');
    await sheet.getByRole('button', { name: 'Volver' }).click();
    await sheet.waitFor({ state: 'detached' });
    await show(page, 'rich');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await panelFaults(page)).toEqual([]);
    await picture(page, 'panel-phone-dark');
    expect(complaints.list).toEqual([]);
    await context.close();
  });
});
