// What can be done with steps on the canvas: undone and redone, with several at once, over the clipboard, by dragging,
// found and folded. In the dark and on a phone, too.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './harness/browser';
import { asked, card, drag, focused, shape, small } from './harness/canvas';
import { eventually, judged } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
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

describe('what can be done with steps', () => {
  it('is undone and redone, deed by deed', async () => {
    const id = await small(shop);
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
    await eventually(() => shape(shop, id)).toEqual(['pause', { if: ['pause_2', 'log'], else: [] }, 'sum']);
    await eventually(async () => JSON.stringify((await shop.read(id)).document)).toContain(
      '"enabled":false,"note":"Para Laura"',
    );
    await card(page, 'sum').click();
    await page.keyboard.press('Delete');
    await card(page, 'sum').waitFor({ state: 'detached' });
    for (let deed = 0; deed < 5; deed += 1) await page.keyboard.press('Control+z');
    await eventually(async () => (await shop.read(id)).document).toEqual(before);
    for (let deed = 0; deed < 5; deed += 1) await page.keyboard.press('Control+Shift+z');
    await eventually(() => shape(shop, id)).toEqual(['pause', { if: ['pause_2', 'log'], else: [] }]);
    await context.close();
  });

  it('works on several at once, over the clipboard, and from one flow into another', async () => {
    const id = await small(shop);
    const other = await small(shop);
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
    await eventually(() => shape(shop, other)).toEqual([
      'pause',
      { if: ['log'], else: [] },
      'pause_2',
      'sum_2',
      'sum',
    ]);
    // Both were selected by pasting, so both go at once.
    await page.keyboard.press('Control+x');
    await eventually(() => shape(shop, other)).toEqual(['pause', { if: ['log'], else: [] }, 'sum']);
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
    await eventually(() => shape(shop, other)).toEqual(['sum']);
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
    const id = await small(shop);
    const { context, page } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await card(page, 'pause').waitFor();
    await drag(page, card(page, 'pause'), card(page, '+/steps/1/else'));
    await eventually(() => shape(shop, id)).toEqual([{ if: ['log'], else: ['pause'] }, 'sum']);
    await card(page, 'sum').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Mover a…' }).click();
    await page.getByRole('dialog').getByRole('option', { name: 'Condición → No' }).click();
    await eventually(() => shape(shop, id)).toEqual([{ if: ['log'], else: ['pause', 'sum'] }]);
    await context.close();
  });

  it('is found by search, folded and unfolded', async () => {
    const id = await small(shop);
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

  it('stands in the dark and on a phone', async () => {
    const id = await small(shop);
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
      await judged(page, name);
      expect.soft(complaints.list, name).toEqual([]);
      await context.close();
    }
  });
});
