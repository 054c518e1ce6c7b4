// biome-ignore-all lint/suspicious/noThenProperty: a way of a block
// Publishing as people do it: the first time, with a change while people wait, seen on the canvas, some moved and
// some sent out, undone within the hour; mistakes keep a draft from going live. Numbers on the cards.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './harness/browser';
import { eventually, judged } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { seeView } from './harness/views';
import { Shop } from './harness/workflow';

const PHONE = { width: 390, height: 844 };

let shop: Shop;

beforeAll(async () => {
  const server = await startServer();
  shop = new Shop(server, await openSite(server.url), await launch());
});

afterAll(async () => {
  await shop?.browser.close();
  await shop?.site.stop();
  await shop?.server.stop();
});

const thanks = (steps: unknown[]) => ({
  operandi: 1,
  name: 'Gracias',
  trigger: { event: 'order.created', key: 'event.order_id', mode: 'parallel' },
  steps,
});
const PAUSE = { id: 'pause', wait: { for: '1h' } };
const ASK = {
  id: 'ask',
  wait_for: { event: 'order.paid', match: { order_id: '${event.order_id}' }, timeout: '1d' },
};
const TELL = { id: 'tell', action: 'log', with: { message: 'Hola' } };

async function order(number: number): Promise<void> {
  await shop.call('POST', '/events', {
    type: 'order.created',
    data: { order_id: `o-${number}`, total: number },
  });
}

interface Publication {
  live: { version: number } | null;
  waiting: { version: number; step: string; runs: number }[];
}

const publication = (id: string) => shop.call<Publication>('GET', `/workflows/${id}/publication`);

async function openPublish(page: Page, name = 'Publicar'): Promise<void> {
  await page.getByRole('button', { name, exact: true }).first().click();
  await page.getByRole('dialog').getByText('Qué cambia').waitFor();
}

describe('publishing', () => {
  it('goes live, tells what changes, moves who waits, and can be undone', async () => {
    const { context, page, complaints } = await shop.enter();
    const id = await shop.draft(thanks([PAUSE, TELL]));
    await page.goto(`/workflows/${id}`);
    await openPublish(page);
    await page.getByText('Es la primera vez que se publica', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Publicar ahora' }).click();
    await page.getByText('La versión 1 está en marcha').waitFor();
    await page.getByRole('button', { name: 'Publicado', exact: true }).waitFor();
    await order(1);
    await order(2);
    await eventually(async () => (await publication(id)).waiting).toEqual([
      { version: 1, step: 'pause', runs: 2 },
    ]);

    const { rev } = await shop.read(id);
    const patches = [
      { op: 'replace', path: '/steps/0/wait/for', value: '2h' },
      { op: 'add', path: '/steps/1', value: ASK },
    ];
    await shop.call('PATCH', `/workflows/${id}`, { patches }, { 'if-match': `"${rev}"` });
    await page.reload();
    await openPublish(page);
    await page.getByText('Cambia «Esperar · pause»', { exact: false }).waitFor();
    await judged(page, 'publish-wide');
    await page.getByRole('button', { name: 'Ver en el lienzo' }).click();
    await page.locator('[data-stop="pause"]', { hasText: 'Cambió' }).waitFor();
    await page.locator('[data-stop="ask"]', { hasText: 'Nuevo' }).waitFor();
    await judged(page, 'publish-on-canvas');

    await page
      .getByRole('region', { name: 'Qué cambia' })
      .getByRole('button', { name: 'Publicar', exact: true })
      .click();
    await page.getByRole('combobox', { name: /Qué pasa con quienes esperan en pause/ }).click();
    await page.getByRole('option', { name: 'Pasan a la nueva' }).click();
    await page.getByRole('button', { name: 'Publicar ahora' }).click();
    await page.getByText('La versión 2 está en marcha').waitFor();
    expect((await publication(id)).live?.version).toBe(2);
    await eventually(async () => (await publication(id)).waiting).toEqual([
      { version: 2, step: 'pause', runs: 2 },
    ]);
    await judged(page, 'publish-undo');
    await page.getByRole('button', { name: /^Deshacer \(/ }).click();
    await eventually(async () => (await publication(id)).live?.version).toBe(1);
    expect.soft(complaints.list).toEqual([]);
    await context.close();
  });

  it('is kept from going live by mistakes, which lead to their step', async () => {
    const { context, page } = await shop.enter();
    const id = await shop.draft(thanks([{ id: 'tell', action: 'nothing.known', with: {} }]));
    await page.goto(`/workflows/${id}`);
    await openPublish(page);
    await page.getByText('Corregí el error para poder publicar.').waitFor();
    expect(await page.getByRole('button', { name: 'Publicar ahora' }).isDisabled()).toBe(true);
    await judged(page, 'publish-blocked');
    await page.getByRole('dialog').getByRole('button', { name: /^tell/ }).click();
    await eventually(() => page.getByRole('dialog').count()).toBe(0);
    await context.close();
  });

  it('asks for what the flow needs to know first', async () => {
    const { context, page } = await shop.enter();
    const id = await shop.draft({
      ...thanks([{ ...TELL, with: { message: '${inputs.words}' } }]),
      inputs: { words: { type: 'text', title: '¿Qué se anota?' } },
    });
    await page.goto(`/workflows/${id}`);
    await openPublish(page);
    await page.getByRole('button', { name: 'Contestar' }).click();
    await page.getByRole('textbox', { name: '¿Qué se anota?' }).fill('Gracias por comprar');
    await judged(page, 'publish-answers');
    await page.getByRole('button', { name: 'Guardar' }).click();
    await page.getByText('Está todo contestado.').waitFor();
    await page.getByRole('button', { name: 'Publicar ahora' }).click();
    await page.getByText('La versión 1 está en marcha').waitFor();
    await context.close();
  });

  it('stands on a phone', async () => {
    const { context, page } = await shop.enter(PHONE);
    const id = await shop.draft(thanks([PAUSE, TELL]));
    await shop.call('POST', `/workflows/${id}/publish`, {});
    await page.goto(`/workflows/${id}`);
    await openPublish(page, 'Publicado');
    await judged(page, 'publish-phone');
    await context.close();
  });
});

describe('the numbers', () => {
  it('stand on the cards, by the period that is chosen', async () => {
    const { context, page, complaints } = await shop.enter();
    const id = await shop.draft(
      thanks([
        { id: 'big', if: 'event.total > 5.0', then: [TELL], else: [{ id: 'sum', script: '1 + 1' }] },
        PAUSE,
      ]),
    );
    await shop.call('POST', `/workflows/${id}/publish`, {});
    for (const number of [3, 4, 8, 9]) await order(number);
    await page.goto(`/workflows/${id}`);
    await page.getByRole('button', { name: 'Números en el flujo' }).click();
    await page.locator('[data-stop="big"]', { hasText: 'Sí 2 · No 2' }).waitFor();
    await page.locator('[data-stop="pause"]', { hasText: '4 esperan acá ahora' }).waitFor();
    await page.getByRole('combobox', { name: 'Período' }).click();
    const counted = page.waitForResponse(/\/numbers\?/);
    await page.getByRole('option', { name: 'Últimas 24 horas' }).click();
    expect((await counted).ok()).toBe(true);
    await page.locator('[data-stop="big"]', { hasText: 'Sí 2 · No 2' }).waitFor();
    await judged(page, 'numbers-wide');
    // The same for whoever reads the list, or has it read aloud.
    await seeView(page, 'Lista');
    await page.getByRole('treeitem', { name: /big.*Sí 2 · No 2/ }).waitFor();
    await page.getByRole('treeitem', { name: /pause.*4 esperan acá ahora/ }).waitFor();
    await judged(page, 'numbers-outline');
    await page.setViewportSize(PHONE);
    await judged(page, 'numbers-outline-phone');
    expect.soft(complaints.list).toEqual([]);
    await context.close();
  });
});
