// biome-ignore-all lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
// Cart recovery built from nothing: with the keyboard alone, again with the mouse, again on a phone.
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, picture } from './harness/browser';
import { asked, blank, card, drag, entered, focused, shape } from './harness/canvas';
import { eventually, judged, saved } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { Shop } from './harness/workflow';

const PHONE = { width: 390, height: 844 };

let shop: Shop;
let connection: string;

beforeAll(async () => {
  const server = await startServer();
  shop = new Shop(server, await openSite(server.url), await launch());
  const { id } = await shop.call<{ id: string }>('POST', '/connections', {
    connector: 'whatsapp',
    name: 'WhatsApp de la tienda',
    settings: { sandbox: true },
  });
  connection = id;
});

afterAll(async () => {
  await shop?.browser.close();
  await shop?.site.stop();
  await shop?.server.stop();
});

const CART = [{ trigger: 'cart.updated' }, ['wait', { if: ['whatsapp.send_template'], else: [] }]] as const;

async function expectCart(id: string): Promise<void> {
  await eventually(() => shape(shop, id)).toEqual(CART[1]);
  const { document } = await shop.read(id);
  expect(document.trigger).toMatchObject({ event: CART[0].trigger });
  expect(document.steps[0]).toMatchObject({ wait: { for: '1h' } });
}

/** Everything is filled in: nothing is wrong, and it could be published. */
async function expectFilled(page: Page, id: string): Promise<void> {
  await page.getByRole('button', { name: '0 problemas' }).waitFor();
  await eventually(async () => (await shop.read(id)).document.steps[1]).toEqual({
    id: 'if',
    if: 'event.total > 0.0',
    then: [
      {
        id: 'send_template',
        action: 'whatsapp.send_template',
        purpose: 'marketing',
        with: { connection, to: '${event.contact}', template: 'cart_reminder' },
      },
    ],
    else: [],
  });
}

/** Goes on with Tab until the focus is on what has these words. */
async function tabTo(page: Page, words: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    const at = await page.evaluate(() => {
      const here = document.activeElement;
      const labels = here instanceof HTMLInputElement ? [...(here.labels ?? [])] : [];
      const by = (here?.getAttribute('aria-labelledby') ?? '').split(' ');
      const named = by.map((id) => (id === '' ? null : document.getElementById(id)));
      const own = [
        here?.getAttribute('aria-label'),
        ...labels,
        ...named,
        here?.tagName === 'BUTTON' ? here : null,
      ];
      return own.map((each) => (typeof each === 'string' ? each : (each?.textContent ?? ''))).join('|');
    });
    if (at.includes(words)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${words}`);
}

/** The `+` behind the step at this place from the top. */
function plusAfter(page: Page, at: number): Locator {
  return page.getByRole('button', { name: /^Agregar (un|el primer) paso/ }).nth(at);
}

describe('cart recovery from nothing', () => {
  it('is built with the keyboard alone', async () => {
    const id = await blank(shop);
    const { context, page, complaints } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await page.getByRole('combobox', { name: 'Buscar qué lo inicia' }).waitFor();
    await judged(page, 'canvas-blank');
    const type = async (word: string) => {
      await page.keyboard.type(word);
      await page.keyboard.press('Enter');
    };
    await type('carrito modif');
    await eventually(() => focused(page)).toBe('+/steps');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await judged(page, 'canvas-add');
    await type('esperar');
    await card(page, 'wait').waitFor();
    // The panel has the focus; Escape gives it back to the card.
    await entered(page);
    await page.keyboard.press('Escape');
    await eventually(() => focused(page)).toBe('wait');
    await page.keyboard.press('+');
    await asked(page);
    await type('condicion');
    await card(page, 'if').waitFor();
    await entered(page);
    await tabTo(page, 'Como expresión');
    await page.keyboard.press('Enter');
    await page.locator('[data-panel]').getByRole('textbox', { name: 'Condición' }).waitFor();
    await entered(page);
    await tabTo(page, 'Condición');
    await page.keyboard.type('event.total > 0.0');
    // The first Escape closes what is proposed while one types.
    await eventually(async () => {
      await page.keyboard.press('Escape');
      return focused(page);
    }).toBe('if');
    await page.keyboard.press('ArrowDown');
    await eventually(() => focused(page)).toBe('+/steps/1/then');
    await page.keyboard.press('+');
    await asked(page);
    await type('plantilla');
    await card(page, 'send_template').waitFor();
    await entered(page);
    await page.keyboard.press('Escape');
    await eventually(() => focused(page)).toBe('send_template');
    await page.keyboard.press('F6');
    await tabTo(page, 'Usar WhatsApp de la tienda');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Usar Evento · Contacto');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Plantilla');
    await page.keyboard.type('cart_reminder');
    await tabTo(page, 'Propósito de este envío');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: /Promo/ }).waitFor();
    await eventually(async () => {
      await page.keyboard.press('ArrowDown');
      return page.evaluate(() => {
        const id = document.activeElement?.getAttribute('aria-activedescendant') ?? '';
        return document.getElementById(id)?.textContent;
      });
    }).toContain('Promo');
    await page.keyboard.press('Enter');
    await expectFilled(page, id);
    await page.keyboard.press('Escape');
    await eventually(() => focused(page)).toBe('send_template');
    await expectCart(id);
    await judged(page, 'canvas-built-with-keys');

    // Everything can be walked over again.
    for (const stop of ['if', 'wait', '@trigger']) {
      await page.keyboard.press('ArrowUp');
      await eventually(() => focused(page)).toBe(stop);
    }
    await page.keyboard.press('End');
    await eventually(() => focused(page)).toBe('@end');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Teclas' }).waitFor();
    await judged(page, 'canvas-keys');
    await page.keyboard.press('Escape');
    await eventually(() => focused(page)).toBe('@end');
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menu').waitFor();
    await judged(page, 'canvas-menu');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Configurar');
    await page.keyboard.press('Escape');
    await eventually(() => focused(page)).toBe('@trigger');
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('is built with the mouse, by dragging from the shelf', async () => {
    const id = await blank(shop);
    const { context, page, complaints } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await page.getByRole('option', { name: 'Carrito modificado' }).click();
    await page.getByRole('button', { name: 'Agregar el primer paso' }).click();
    await page.getByRole('dialog').getByRole('option', { name: 'Un tiempo' }).click();
    await card(page, 'wait').waitFor();
    await page.getByRole('button', { name: 'Pasos para arrastrar' }).click();
    const shelf = page.getByRole('complementary', { name: 'Pasos' });
    await drag(page, shelf.getByRole('option', { name: 'Condición' }), plusAfter(page, 1));
    await card(page, 'if').waitFor();
    await drag(page, shelf.getByRole('option', { name: 'plantilla' }), card(page, '+/steps/1/then'));
    await card(page, 'send_template').waitFor();
    await saved(page);
    await expectCart(id);
    await judged(page, 'canvas-built-with-mouse');
    const panel = page.getByRole('complementary', { name: 'Panel' });
    await panel.getByRole('button', { name: 'Usar WhatsApp de la tienda' }).click();
    await panel.getByRole('button', { name: 'Usar Evento · Contacto' }).click();
    await panel.getByRole('textbox', { name: 'Plantilla' }).click();
    await page.keyboard.type('cart_reminder');
    await panel.getByRole('combobox', { name: 'Propósito de este envío' }).click();
    await page.getByRole('option', { name: /Promo/ }).click();
    await card(page, 'if').click();
    await panel.getByRole('button', { name: 'Como expresión' }).click();
    await panel.getByRole('textbox', { name: 'Condición' }).click();
    await page.keyboard.type('event.total > 0.0');
    await expectFilled(page, id);
    await picture(page, 'canvas-filled-with-mouse');
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('is built on a phone, in the outline', async () => {
    const id = await blank(shop);
    const { context, page, complaints } = await shop.enter(PHONE);
    await page.goto(`/workflows/${id}`);
    await page.getByRole('combobox', { name: 'Buscar qué lo inicia' }).waitFor();
    await judged(page, 'outline-blank-phone');
    await page.getByRole('option', { name: 'Carrito modificado' }).click();
    const add = async (name: string) => {
      await page.getByRole('dialog').getByRole('option', { name }).click();
      await page.getByRole('button', { name: 'Volver' }).first().click();
      await page.getByRole('tree').waitFor();
    };
    await page.getByRole('button', { name: 'Agregar un paso al final' }).click();
    await add('Un tiempo');
    await page.getByRole('button', { name: 'Agregar un paso al final' }).click();
    await add('Condición');
    await page.getByRole('button', { name: 'Agregar un paso en «Sí»' }).click();
    await add('plantilla');
    await saved(page);
    await expectCart(id);
    await judged(page, 'outline-built-phone');
    expect(complaints.list).toEqual([]);
    await context.close();
  });
});
