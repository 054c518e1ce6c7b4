// biome-ignore-all lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
// The canvas and the outline as people use them: cart recovery built with the keyboard alone and again with the
// mouse, undone and redone, two editors at once, a server that goes away, a page that is reloaded too soon.
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, picture, smallTargets, violations } from './harness/browser';
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

const blank = () => shop.draft({ operandi: 1, name: 'Recuperar carritos', steps: [] });

/** Three steps and a condition with one of them in it. */
const small = () =>
  shop.draft({
    operandi: 1,
    name: { es: 'Gracias', en: 'Thanks', pt: 'Obrigado' },
    trigger: { event: 'order.created', key: 'event.order_id' },
    steps: [
      { id: 'pause', wait: { for: '1h' } },
      {
        id: 'big',
        if: 'event.total > 1.0',
        then: [{ id: 'tell', action: 'log', with: { message: 'Hola' } }],
      },
      { id: 'sum', script: '1 + 1' },
    ],
  });

/** What is shown or stored comes to be so. */
function eventually<T>(look: () => T) {
  return expect.poll(look, { timeout: 10_000 });
}

function card(page: Page, key: string): Locator {
  return page.locator(`[data-stop="${key}"]`);
}

function focused(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.getAttribute('data-stop') ?? null);
}

/** A dialog is there and has taken the focus. */
async function asked(page: Page): Promise<void> {
  await page.locator('[role=dialog] :is(input, textarea):focus').waitFor();
}

async function saved(page: Page): Promise<void> {
  await page.locator('[role=status]', { hasText: 'Guardado' }).first().waitFor();
}

/** The structure of the stored draft: what each step is and what is inside. */
async function shape(id: string): Promise<unknown> {
  const { document } = await shop.read(id);
  const steps = (list: unknown): unknown[] =>
    (Array.isArray(list) ? list : []).map((step: Record<string, unknown>) => {
      if ('if' in step) return { if: steps(step.then), else: steps(step.else) };
      return step.action ?? step.id;
    });
  return steps(document.steps);
}

async function judged(page: Page, name: string): Promise<void> {
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(await violations(page), name).toEqual([]);
  expect.soft(await smallTargets(page), name).toEqual([]);
  expect.soft(sideways, name).toBe(0);
  await picture(page, name);
}

const CART = [{ trigger: 'cart.updated' }, ['wait', { if: ['whatsapp.send_template'], else: [] }]] as const;

async function expectCart(id: string): Promise<void> {
  await eventually(() => shape(id)).toEqual(CART[1]);
  const { document } = await shop.read(id);
  expect(document.trigger).toMatchObject({ event: CART[0].trigger });
  expect(document.steps[0]).toMatchObject({ wait: { for: '1h' } });
}

/** Everything is filled in: nothing is wrong, and it could be published. */
async function expectFilled(page: Page, id: string): Promise<void> {
  await page.getByRole('button', { name: '0 problemas' }).waitFor();
  await saved(page);
  const { document } = await shop.read(id);
  expect(document.steps[1]).toEqual({
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
  for (let presses = 0; presses < 40; presses += 1) {
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

describe('cart recovery from nothing', () => {
  it('is built with the keyboard alone', async () => {
    const id = await blank();
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
    await page.locator('[data-panel] :focus').waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await eventually(() => focused(page)).toBe('wait');
    await page.keyboard.press('+');
    await asked(page);
    await type('condicion');
    await card(page, 'if').waitFor();
    await page.locator('[data-panel] :focus').waitFor({ state: 'attached' });
    await tabTo(page, 'Como expresión');
    await page.keyboard.press('Enter');
    await page.locator('[data-panel]').getByRole('textbox', { name: 'Condición' }).waitFor();
    const isInside = await page.evaluate(() => document.activeElement?.closest('[data-panel]') !== null);
    if (!isInside) await page.keyboard.press('F6');
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
    await page.locator('[data-panel] :focus').waitFor({ state: 'attached' });
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
    const id = await blank();
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
    const id = await blank();
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

/** The `+` behind the step at this place from the top. */
function plusAfter(page: Page, at: number): Locator {
  return page.getByRole('button', { name: /^Agregar (un|el primer) paso/ }).nth(at);
}

async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  await from.scrollIntoViewIfNeeded();
  const start = await from.boundingBox();
  const end = await to.boundingBox();
  if (!start || !end) throw new Error('nothing to drag');
  await page.mouse.move(start.x + 40, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(start.x + 60, start.y + start.height / 2 + 20, { steps: 4 });
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 8 });
  await page.waitForTimeout(100);
  await page.mouse.up();
}

describe('what can be done with steps', () => {
  it('is undone and redone, deed by deed', async () => {
    const id = await small();
    const { context, page } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await card(page, 'pause').waitFor();
    const before = (await shop.read(id)).document;
    await card(page, 'pause').click();
    await page.keyboard.press('Control+d');
    await card(page, 'pause_2').waitFor();
    await page.keyboard.press('Alt+ArrowDown');
    await page.keyboard.press('Control+/');
    await page.keyboard.press('Shift+F2');
    await asked(page);
    await page.keyboard.type('Para Laura');
    await page.keyboard.press('Control+Enter');
    await eventually(() => shape(id)).toEqual(['pause', { if: ['pause_2', 'log'], else: [] }, 'sum']);
    await eventually(async () => JSON.stringify((await shop.read(id)).document)).toContain(
      '"enabled":false,"note":"Para Laura"',
    );
    await card(page, 'sum').click();
    await page.keyboard.press('Delete');
    await card(page, 'sum').waitFor({ state: 'detached' });
    for (let deed = 0; deed < 5; deed += 1) await page.keyboard.press('Control+z');
    await eventually(async () => (await shop.read(id)).document).toEqual(before);
    for (let deed = 0; deed < 5; deed += 1) await page.keyboard.press('Control+Shift+z');
    await eventually(() => shape(id)).toEqual(['pause', { if: ['pause_2', 'log'], else: [] }]);
    await context.close();
  });

  it('works on several at once, over the clipboard, and from one flow into another', async () => {
    const id = await small();
    const other = await small();
    const { context, page } = await shop.enter();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`/workflows/${id}`);
    await card(page, 'pause').click();
    await page.keyboard.press('Escape');
    await card(page, 'sum').click({ modifiers: ['Control'] });
    await page.keyboard.press('Control+c');
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toContain('- id: pause\n  wait:\n    for: "1h"\n- id: sum');
    await page.goto(`/workflows/${other}`);
    await card(page, 'big').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+v');
    await eventually(() => shape(other)).toEqual([
      'pause',
      { if: ['log'], else: [] },
      'pause_2',
      'sum_2',
      'sum',
    ]);
    // Both were selected by pasting, so both go at once.
    await page.keyboard.press('Control+x');
    await eventually(() => shape(other)).toEqual(['pause', { if: ['log'], else: [] }, 'sum']);
    // Shift and the mouse draw a frame around several.
    const top = await card(page, 'pause').boundingBox();
    const end = await card(page, 'big').boundingBox();
    if (!top || !end) throw new Error('the cards are not there');
    await page.keyboard.down('Shift');
    await page.mouse.move(top.x - 30, top.y - 10);
    await page.mouse.down();
    await page.mouse.move(end.x + 20, end.y + 20, { steps: 5 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    const bar = page.getByRole('group', { name: '2 pasos seleccionados' });
    await bar.waitFor();
    await judged(page, 'canvas-selection');
    await bar.getByRole('button', { name: 'Borrar' }).click();
    await eventually(() => shape(other)).toEqual(['sum']);
    await page.locator('[role=status]', { hasText: 'Hecho: borrar pasos' }).waitFor({ state: 'attached' });
    // Whoever comes by Tab stands on the current card, and goes on from there.
    await page.locator('header button:enabled').last().focus();
    await page.keyboard.press('Tab');
    await eventually(() => focused(page)).toBe('sum');
    await page.keyboard.press('Tab');
    await eventually(() => focused(page)).toBe(null);
    await page.keyboard.press('Shift+Tab');
    await eventually(() => focused(page)).toBe('sum');
    await page.keyboard.press('Shift+Tab');
    await eventually(() => page.evaluate(() => document.activeElement?.closest('header') !== null)).toBe(
      true,
    );
    await context.close();
  });

  it('moves steps by dragging, and by the menu the same', async () => {
    const id = await small();
    const { context, page } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await card(page, 'pause').waitFor();
    await drag(page, card(page, 'pause'), card(page, '+/steps/1/else'));
    await eventually(() => shape(id)).toEqual([{ if: ['log'], else: ['pause'] }, 'sum']);
    await card(page, 'sum').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Mover a…' }).click();
    await page.getByRole('dialog').getByRole('option', { name: 'Condición → No' }).click();
    await eventually(() => shape(id)).toEqual([{ if: ['log'], else: ['pause', 'sum'] }]);
    await context.close();
  });

  it('can all be done in the outline, by keyboard', async () => {
    const id = await small();
    const { context, page, complaints } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await page.getByText('Lista', { exact: true }).click();
    const tree = page.getByRole('tree');
    await tree.getByRole('treeitem', { name: /pause/ }).focus();
    await judged(page, 'outline');
    await page.keyboard.press('End');
    await eventually(() => focused(page)).toBe('sum');
    await page.keyboard.type('cond');
    await eventually(() => focused(page)).toBe('big');
    await page.keyboard.press('ArrowLeft');
    await eventually(() => tree.getByRole('treeitem').count()).toBe(4);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await eventually(() => focused(page)).toBe('+/steps/1/then');
    await page.keyboard.press('ArrowDown');
    await eventually(() => focused(page)).toBe('tell');
    await page.keyboard.press('Alt+ArrowLeft');
    await eventually(() => shape(id)).toEqual(['pause', { if: [], else: [] }, 'log', 'sum']);
    await page.keyboard.press('F2');
    await asked(page);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('say');
    await page.keyboard.press('Enter');
    await eventually(() => focused(page)).toBe('say');
    await page.keyboard.press('Control+Shift+Enter');
    await asked(page);
    await page.keyboard.type('esperar');
    await page.keyboard.press('Enter');
    await eventually(() => shape(id)).toEqual(['pause', { if: [], else: [] }, 'wait', 'log', 'sum']);
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('is found by search, folded and unfolded', async () => {
    const id = await small();
    const { context, page } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await card(page, 'big').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Space');
    await card(page, 'tell').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+f');
    await page.keyboard.type('tell');
    await judged(page, 'canvas-find');
    await page.keyboard.press('Enter');
    await eventually(() => focused(page)).toBe('tell');
    // From afar the cards are one shape; pressing it goes near again.
    for (let times = 0; times < 8; times += 1) await page.getByRole('button', { name: 'Alejar' }).click();
    await card(page, 'tell').waitFor({ state: 'detached' });
    // No hint stays open under the pointer.
    await page.mouse.move(600, 5);
    await page.getByRole('tooltip').waitFor({ state: 'detached' });
    await judged(page, 'canvas-far');
    await page.getByRole('button', { name: /^Ver todo/ }).click();
    await card(page, 'tell').waitFor();
    await context.close();
  });
});

describe('what happens around', () => {
  it('two people edit at once: what is apart is merged, what is not is asked', async () => {
    const id = await small();
    const { context, page } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await card(page, 'pause').waitFor();
    const theirs = async (patches: unknown[]) => {
      const { rev } = await shop.read(id);
      await shop.call('PATCH', `/workflows/${id}`, { patches }, { 'if-match': `"${rev}"` });
    };
    await theirs([{ op: 'replace', path: '/steps/0/wait/for', value: '2h' }]);
    await card(page, 'sum').click();
    await page.keyboard.press('Delete');
    await eventually(() => shape(id)).toEqual(['pause', { if: ['log'], else: [] }]);
    await eventually(async () => (await shop.read(id)).document.steps[0]).toEqual({
      id: 'pause',
      wait: { for: '2h' },
    });
    await card(page, 'pause').getByText('2 h').waitFor();

    await theirs([{ op: 'replace', path: '/steps/0/wait/for', value: '3h' }]);
    await card(page, 'pause').click();
    await page.keyboard.press('Delete');
    const dialog = page.getByRole('dialog', { name: 'Dos personas cambiaron lo mismo' });
    await dialog.waitFor();
    await judged(page, 'canvas-conflict');
    await dialog.getByRole('radio', { name: 'Lo mío' }).click();
    await dialog.getByRole('button', { name: 'Guardar así' }).click();
    await eventually(() => shape(id)).toEqual([{ if: ['log'], else: [] }]);
    await context.close();
  });

  it('one edits and the other watches, until somebody takes over', async () => {
    const id = await small();
    const first = await shop.enter();
    await first.page.goto(`/workflows/${id}`);
    await card(first.page, 'pause').waitFor();
    const second = await shop.enter();
    await second.page.goto(`/workflows/${id}`);
    await second.page.getByRole('button', { name: 'Editar yo' }).waitFor();
    await judged(second.page, 'canvas-watching');
    await card(second.page, 'sum').click();
    await second.page.keyboard.press('Delete');
    expect(await card(second.page, 'sum').count()).toBe(1);
    await card(first.page, 'pause').click();
    await first.page.keyboard.press('Control+d');
    await card(second.page, 'pause_2').waitFor();
    await second.page.getByRole('button', { name: 'Editar yo' }).click();
    await second.page.getByRole('button', { name: 'Editar yo' }).waitFor({ state: 'detached' });
    await card(second.page, 'sum').click();
    await second.page.keyboard.press('Delete');
    await eventually(() => shape(id)).toEqual(['pause', 'pause_2', { if: ['log'], else: [] }]);
    await first.page.getByRole('button', { name: 'Editar yo' }).waitFor();
    await card(first.page, 'sum').waitFor({ state: 'detached' });
    // Who closes the page makes room.
    await second.context.close();
    await first.page.getByRole('button', { name: 'Editar yo' }).waitFor({ state: 'detached' });
    await first.context.close();
  });

  it('the server goes away and comes back: nothing is lost', async () => {
    const id = await small();
    const { context, page } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await card(page, 'pause').waitFor();
    await context.setOffline(true);
    await card(page, 'sum').click();
    await page.keyboard.press('Delete');
    await page.locator('[role=status]', { hasText: 'Sin conexión' }).first().waitFor();
    await picture(page, 'canvas-offline');
    await context.setOffline(false);
    await saved(page);
    await eventually(() => shape(id)).toEqual(['pause', { if: ['log'], else: [] }]);
    await context.close();
  });

  it('a reload brings back what was not sent', async () => {
    const id = await small();
    const { context, page } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await card(page, 'pause').waitFor();
    await page.route('**/api/v1/workflows/*', (route) =>
      route.request().method() === 'PATCH' ? route.abort() : route.continue(),
    );
    const lost = page.waitForEvent('requestfailed', (request) => request.method() === 'PATCH');
    await card(page, 'sum').click();
    await page.keyboard.press('Delete');
    await card(page, 'sum').waitFor({ state: 'detached' });
    await lost;
    expect(await shape(id)).toEqual(['pause', { if: ['log'], else: [] }, 'sum']);
    await page.unroute('**/api/v1/workflows/*');
    await page.reload();
    await eventually(() => shape(id)).toEqual(['pause', { if: ['log'], else: [] }]);
    await card(page, 'pause').waitFor();
    expect(await card(page, 'sum').count()).toBe(0);
    await context.close();
  });

  it('stands in the dark and on a phone', async () => {
    const id = await small();
    for (const [name, size, scheme] of [
      ['canvas-dark', { width: 1440, height: 900 }, 'dark'],
      ['canvas-phone', PHONE, 'light'],
      ['outline-phone-dark', PHONE, 'dark'],
    ] as const) {
      const { context, page, complaints } = await shop.enter(size);
      await context.addInitScript((chosen) => localStorage.setItem('operandi.scheme', chosen), scheme);
      await page.goto(`/workflows/${id}`);
      if (name === 'canvas-phone') await page.getByRole('combobox', { name: 'Vista' }).selectOption('canvas');
      await card(page, 'pause').waitFor();
      await page.waitForTimeout(500);
      await judged(page, name);
      expect.soft(complaints.list, name).toEqual([]);
      await context.close();
    }
  });
});
