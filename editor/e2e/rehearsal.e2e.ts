// A draft rehearsed as people do it: on one case with the clock moved and an answer put in, and over the last days.
// Then a run seen on the canvas, live. Nothing leaves; axe finds nothing, wide, on a phone and in the dark.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './harness/browser';
import { eventually, judged } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { seeView } from './harness/views';
import { Shop } from './harness/workflow';

const PHONE = { width: 390, height: 844 };
const WORKFLOW = resolve(import.meta.dirname, '../../workflows/online-shop/cart-recovery.yaml');

let shop: Shop;
let workflow: string;

/** A shop with cart recovery published, a shopper, and carts that were left. */
beforeAll(async () => {
  const server = await startServer();
  shop = new Shop(server, await openSite(server.url), await launch());
  const connection = await shop.call<{ id: string }>('POST', '/connections', {
    connector: 'whatsapp',
    name: 'WhatsApp de la tienda',
    settings: { sandbox: true },
  });
  const made = await fetch(`${server.url}/api/v1/workflows`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.account.key}`, 'content-type': 'application/yaml' },
    body: readFileSync(WORKFLOW, 'utf8'),
  });
  workflow = ((await made.json()) as { id: string }).id;
  await shop.call('PUT', `/workflows/${workflow}/inputs`, { inputs: { whatsapp: connection.id } });
  await shop.call('POST', `/workflows/${workflow}/publish`, {});
  const contact = await shop.call<{ id: string }>('POST', '/records/contact', {
    data: {
      first_name: 'Ana',
      phone: '+5491155551234',
      consent: { whatsapp: { status: 'granted', at: 1_767_225_600_000, source: 'shop' } },
    },
    keys: { phone: '+5491155551234' },
  });
  for (const number of [1, 2, 3]) {
    await shop.call('POST', '/events', {
      type: 'cart.updated',
      data: {
        cart_id: `c-${number}`,
        contact: contact.id,
        status: 'open',
        total: 45_900,
        recovery_url: `https://sol.example/c/${number}`,
      },
    });
  }
});

afterAll(async () => {
  await shop?.browser.close();
  await shop?.site.stop();
  await shop?.server.stop();
});

async function openRehearsal(page: Page): Promise<void> {
  await page.goto(`/workflows/${workflow}`);
  await seeView(page, 'Ensayo');
  await page.getByRole('slider', { name: 'Reloj del ensayo' }).waitFor();
}

/** What a step does in the story. */
const story = (page: Page, step: string) =>
  page.locator('li', { has: page.getByText(step, { exact: true }) });

describe('a rehearsal', () => {
  it('plays one case on a clock, with an answer put in', async () => {
    const { context, page, complaints } = await shop.enter();
    await openRehearsal(page);
    await page.locator('[data-stop="reminder"]', { hasText: 'Hecho · +1 h' }).waitFor();
    await page.getByText('Termina · no_answer').waitFor();
    await judged(page, 'rehearsal-wide');

    await page.getByRole('button', { name: 'Mensaje recibido' }).click();
    await story(page, 'help').waitFor();
    await page.getByRole('button', { name: /Mensaje recibido.*Editar/ }).click();
    await page.getByLabel('Cuánto después de empezar').fill('2h');
    await page.getByRole('button', { name: 'Ensayar así' }).click();
    await story(page, 'help').and(page.locator('[data-later]')).waitFor();
    await page.getByRole('slider', { name: 'Reloj del ensayo' }).focus();
    await page.keyboard.press('End');
    await story(page, 'help').and(page.locator(':not([data-later])')).waitFor();
    await page.locator('label', { hasText: /^Teléfono \(2\)$/ }).click();
    await page.getByText('Sí, lo quiero').waitFor();
    await page.getByText('¡Gracias por escribirnos!', { exact: false }).last().waitFor();
    await judged(page, 'rehearsal-phone-shown');

    await page.getByRole('button', { name: 'Pedido creado' }).click();
    await page.locator('label', { hasText: /^Historia$/ }).click();
    await page.getByText('Llega: Pedido creado').waitFor();
    const sent = await shop.call<{ items: unknown[] }>('GET', '/sandbox/messages');
    expect(sent.items).toEqual([]);
    expect.soft(complaints.list).toEqual([]);
    await context.close();
  });

  it('counts what the last days would have brought, and opens a case', async () => {
    const { context, page, complaints } = await shop.enter();
    await openRehearsal(page);
    await page.locator('label', { hasText: /^Últimos días$/ }).click();
    await page.getByRole('button', { name: 'Ensayar', exact: true }).click();
    await page.getByText('Cómo terminan').waitFor();
    await judged(page, 'rehearsal-past');
    await page.getByRole('button', { name: /^c-2/ }).click();
    await page.locator('label', { hasText: /^Teléfono/ }).click();
    await page.getByText('https://sol.example/c/2', { exact: false }).waitFor();
    expect.soft(complaints.list).toEqual([]);
    await context.close();
  });

  it('stands on a phone and in the dark', async () => {
    const { context, page, complaints } = await shop.enter(PHONE);
    await openRehearsal(page);
    await judged(page, 'rehearsal-phone');
    await page.evaluate(() => localStorage.setItem('operandi.scheme', 'dark'));
    await page.setViewportSize({ width: 1440, height: 900 });
    await openRehearsal(page);
    await page.locator('label', { hasText: /^Teléfono/ }).click();
    await judged(page, 'rehearsal-dark');
    expect.soft(complaints.list).toEqual([]);
    await context.close();
  });
});

describe('a run', () => {
  it('is found, seen on the canvas, live, and lends its data', async () => {
    const { context, page, complaints } = await shop.enter();
    await page.goto('/runs');
    const search = page.getByRole('searchbox', { name: 'Cliente, pedido o clave' });
    await search.fill('nadie así');
    await page.getByText('Ninguna ejecución coincide').waitFor();
    await search.fill('Ana');
    await page.getByRole('link', { name: 'c-1' }).waitFor();
    await judged(page, 'runs-found');
    await search.fill('c-3');
    await page.getByRole('link', { name: 'c-1' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'c-3' }).click();
    await page.getByRole('link', { name: 'Ver en el lienzo' }).click();
    await page.locator('[data-stop="patience"]', { hasText: 'Hasta el' }).waitFor();
    await page.getByText('En vivo').waitFor();
    await judged(page, 'run-on-canvas');
    await page.setViewportSize(PHONE);
    await judged(page, 'run-on-canvas-phone');
    await seeView(page, 'Lista');
    await page.getByRole('treeitem', { name: /patience.*Hasta el/ }).waitFor();
    await judged(page, 'run-on-outline-phone');
    await page.setViewportSize({ width: 1440, height: 900 });
    await shop.call('POST', '/events', {
      type: 'order.created',
      data: { order_id: 'o-1', cart_id: 'c-3', total: 45_900 },
    });
    await page.locator('[data-stop="patience"]', { hasText: 'Interrumpido' }).waitFor();
    await page.getByRole('button', { name: 'Probar con estos datos' }).click();
    await page.getByText('Las pruebas usan ahora los datos', { exact: false }).waitFor();
    await eventually(() => new URL(page.url()).search).toBe('');
    expect.soft(complaints.list).toEqual([]);
    await context.close();
  });
});
