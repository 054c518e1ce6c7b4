// The outline as people use it who have no mouse, see no picture or hold a phone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './harness/browser';
import { asked, card, focused, shape, small } from './harness/canvas';
import { eventually, judged } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { seeView } from './harness/views';
import { Shop } from './harness/workflow';

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

describe('the outline', () => {
  it('is folded and unfolded as a whole, as the canvas is', async () => {
    const id = await small(shop);
    const { context, page } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await card(page, 'tell').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+Shift+ArrowUp');
    await card(page, 'tell').waitFor({ state: 'detached' });
    await eventually(() => focused(page)).toBe('big');
    await seeView(page, 'Lista');
    await eventually(() => page.getByRole('treeitem').count()).toBe(4);
    await page.getByRole('button', { name: 'Desplegar todo' }).click();
    await card(page, 'tell').waitFor();
    await seeView(page, 'Lienzo');
    await page.getByRole('button', { name: /^Plegar todo/ }).click();
    await card(page, 'tell').waitFor({ state: 'detached' });
    await card(page, 'big').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Teclas' });
    await keys.getByText('Desplegar todo').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+Shift+ArrowDown');
    await card(page, 'tell').waitFor();
    await context.close();
  });

  it('can all be done in the outline, by keyboard', async () => {
    const id = await small(shop);
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
    await eventually(() => shape(shop, id)).toEqual(['pause', { if: [], else: [] }, 'log', 'sum']);
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
    await eventually(() => shape(shop, id)).toEqual(['pause', { if: [], else: [] }, 'wait', 'log', 'sum']);
    expect(complaints.list).toEqual([]);
    await context.close();
  });
});
