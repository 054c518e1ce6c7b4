// The whole story, as a marketer lives it who never saw the product: connect the shop, build cart recovery from
// nothing, be told what is missing, rehearse it, publish it, and watch a real cart go through it.
import { createHmac, randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch } from './harness/browser';
import { eventually, judged, saved } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { seeView } from './harness/views';
import { Shop } from './harness/workflow';

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const SECRET = 'la clave secreta de la app';

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

/** Shopify tells of a cart of Ana's, signed, as it does for a shop with this secret. */
async function leaveCart(connection: string, token: string): Promise<void> {
  const now = new Date().toISOString();
  const body = JSON.stringify({
    id: 1001,
    token,
    cart_token: token,
    email: 'ana.perez@example.com',
    phone: '+5491155550123',
    created_at: now,
    updated_at: now,
    total_price: '25000.00',
    currency: 'ARS',
    abandoned_checkout_url: `https://sol.example/r/${token}`,
    line_items: [{ id: 1, title: 'Remera', quantity: 1, price: '25000.00' }],
    note_attributes: [{ name: 'wa_opt_in', value: '1' }],
    customer: { id: 77, first_name: 'Ana', last_name: 'Pérez', phone: '+5491155550123' },
  });
  const answer = await fetch(`${shop.server.url}/hooks/${connection}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': 'checkouts/update',
      'x-shopify-hmac-sha256': createHmac('sha256', SECRET).update(body).digest('base64'),
      'x-shopify-shop-domain': 'sol.myshopify.com',
      'x-shopify-webhook-id': randomUUID(),
      'x-shopify-triggered-at': now,
    },
    body,
  });
  expect(answer.status).toBe(200);
}

async function connect(page: Page, connector: string, fill: () => Promise<void>): Promise<string> {
  await page.goto(`/connections/new/${connector}`);
  await fill();
  await page.getByRole('button', { name: 'Crear conexión' }).click();
  await page.waitForURL(/\/connections\/[0-9a-f-]{36}$/);
  return page.url().split('/').at(-1) ?? '';
}

async function add(page: Page, word: string): Promise<void> {
  await page.keyboard.type(word);
  await page.keyboard.press('Enter');
  await page.locator('[data-panel] :focus').waitFor({ state: 'attached' });
}

async function choose(page: Page, field: string | RegExp, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option }).click();
}

it('a cart is recovered by somebody who never saw the product', async () => {
  const { context, page, complaints } = await shop.enter(WIDE);
  await connect(page, 'whatsapp', () => page.getByRole('switch', { name: 'Modo de prueba' }).check());
  const shopify = await connect(page, 'shopify', async () => {
    await page.getByLabel('Dominio de la tienda').fill('sol.myshopify.com');
    await page.getByLabel('Clave secreta de la app').first().fill(SECRET);
  });

  // From nothing, with the keyboard.
  await page.goto('/workflows');
  await page.getByRole('button', { name: 'Nuevo flujo' }).first().click();
  await page.getByRole('dialog').getByText('Vacío').click();
  await page.getByRole('dialog').getByRole('textbox').fill('Recuperar carritos');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'Buscar qué lo inicia' }).waitFor();
  await page.keyboard.type('carrito modif');
  await page.keyboard.press('Enter');
  await page.locator('[data-stop="+/steps"]:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await add(page, 'esperar');
  await page.getByLabel('Cuánto: cuánto').fill('3');
  await choose(page, 'Cuánto: unidad', 'segundos');
  await page.keyboard.press('Escape');
  await page.locator('[data-stop="wait"]:focus').waitFor();
  await page.keyboard.press('+');
  await page.getByRole('dialog').waitFor();
  await add(page, 'plantilla');

  // It says what is missing, and does not go live before.
  await page.locator('[data-stop="send_template"]', { hasText: 'Falta completar' }).waitFor();
  await page.getByRole('button', { name: 'Publicar', exact: true }).first().click();
  await page.getByText('para poder publicar', { exact: false }).waitFor();
  expect(await page.getByRole('button', { name: 'Publicar ahora' }).isDisabled()).toBe(true);
  await judged(page, 'story-mistakes');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^send_template/ })
    .first()
    .click();
  await eventually(() => page.getByRole('dialog').count()).toBe(0);

  // With the mouse.
  await choose(page, 'Conexión', /WhatsApp/);
  await page.getByRole('button', { name: 'Usar Evento · Contacto' }).click();
  await page.getByRole('textbox', { name: 'Plantilla' }).click();
  await page.keyboard.type('carrito_olvidado');
  await choose(page, 'Propósito de este envío', 'Promoción');
  await page.getByRole('button', { name: '0 problemas' }).waitFor();
  await saved(page);
  await judged(page, 'story-built');

  await seeView(page, 'Ensayo');
  await page.getByRole('slider', { name: 'Reloj del ensayo' }).waitFor();
  // The example's customer agreed to messages, so it goes to its end.
  await page.locator('[data-stop="wait"]', { hasText: 'Hecho' }).waitFor();
  await page.locator('[data-stop="send_template"]', { hasText: 'Hecho' }).waitFor();
  await judged(page, 'story-rehearsed');

  await page.getByRole('button', { name: 'Publicar', exact: true }).first().click();
  await page.getByRole('button', { name: 'Publicar ahora' }).click();
  await page.getByText('La versión 1 está en marcha').waitFor();

  // A cart is left while somebody watches the list of runs; nothing is reloaded.
  await page.getByRole('link', { name: 'Ejecuciones' }).click();
  await page.getByText('En vivo').waitFor();
  await leaveCart(shopify, 'c-1');
  await leaveCart(shopify, 'c-1');
  await page.getByText('Esperando').first().waitFor();
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByText('Terminada').first().waitFor();
  await page.getByText('Enviar plantilla de WhatsApp').waitFor();
  await judged(page, 'story-run');
  await page.getByRole('link', { name: /Ver en el lienzo/ }).click();
  await page.locator('[data-stop="send_template"]', { hasText: 'Hecho' }).waitFor();
  await judged(page, 'story-run-on-canvas');

  const sent = await shop.call<{ items: unknown[] }>('GET', '/sandbox/messages');
  expect(sent.items.length).toBeGreaterThan(0);
  await page.goto('/messages');
  await page.getByRole('row', { name: /5491155550123.*Entregado/ }).waitFor();

  await page.setViewportSize(PHONE);
  for (const [path, name] of [
    ['/messages', 'story-phone-messages'],
    ['/runs', 'story-phone-runs'],
  ] as const) {
    await page.goto(path);
    await judged(page, name);
  }
  expect(complaints.list).toEqual([]);
  await context.close();
});
