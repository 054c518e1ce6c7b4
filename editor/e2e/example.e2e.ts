// A shop without a single customer rehearses on the catalogue's example, whose made-up customer agreed to messages;
// a customer who really came and has not agreed gets none. Pictures land in e2e/artefacts.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, picture } from './harness/browser';
import { atNight } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { seeView } from './harness/views';
import { Shop } from './harness/workflow';

const PROMOTION = {
  operandi: 1,
  name: { es: 'Promoción', en: 'Promotion', pt: 'Promoção' },
  trigger: { event: 'cart.updated', key: 'event.cart_id' },
  steps: [
    {
      id: 'tell',
      action: 'email.send',
      purpose: 'marketing',
      with: {
        connection: '01990000-0000-7000-8000-000000000005',
        to: '${event.contact}',
        subject: 'Hola',
        text: 'Hola ${contact.first_name}, volvé cuando quieras',
      },
    },
  ],
};
const MADE_UP = 'Se ensaya con un cliente inventado que aceptó recibir mensajes';
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

async function rehearse(page: Page, id: string): Promise<void> {
  await page.goto(`/workflows/${id}`);
  await seeView(page, 'Ensayo');
  await page.getByRole('slider', { name: 'Reloj del ensayo' }).waitFor();
}

describe('a rehearsal on an example', () => {
  it('writes to a made-up customer who agreed, and to no real one who did not', async () => {
    const id = await shop.draft(PROMOTION);
    const { context, page, complaints } = await shop.enter();
    await rehearse(page, id);
    await page.getByText(MADE_UP).waitFor();
    await picture(page, 'example-story');
    await page.locator('label', { hasText: /^Teléfono \(1\)$/ }).click();
    await page.getByText('Hola Ana, volvé cuando quieras').waitFor();

    await page.setViewportSize(PHONE);
    await rehearse(page, id);
    await page.getByText(MADE_UP).waitFor();
    await atNight(page);
    await picture(page, 'example-story-phone-dark');

    const contact = await shop.call<{ id: string }>('POST', '/records/contact', {
      data: { first_name: 'Eva', email: 'eva@example.com' },
    });
    const cart = { cart_id: 'c-1', contact: contact.id, status: 'open', total: 100 };
    await shop.call('POST', '/events', { type: 'cart.updated', data: cart });
    await rehearse(page, id);
    await page.getByText('La persona no aceptó promociones por email').first().waitFor();
    expect(await page.getByText(MADE_UP).count()).toBe(0);
    expect(complaints.list).toEqual([]);
    await context.close();
  });
});
