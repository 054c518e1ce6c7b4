// What happens to a draft while somebody edits it: two editors at once, a server that goes away, a page that is
// reloaded too soon. Nothing is lost.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, picture } from './harness/browser';
import { card, shape, small } from './harness/canvas';
import { eventually, judged, saved } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
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

describe('what happens around', () => {
  it('two people edit at once: what is apart is merged, what is not is asked', async () => {
    const id = await small(shop);
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
    await eventually(() => shape(shop, id)).toEqual(['pause', { if: ['log'], else: [] }]);
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
    await eventually(() => shape(shop, id)).toEqual([{ if: ['log'], else: [] }]);
    await context.close();
  });

  it('one edits and the other watches, until somebody takes over', async () => {
    const id = await small(shop);
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
    await eventually(() => shape(shop, id)).toEqual(['pause', 'pause_2', { if: ['log'], else: [] }]);
    await first.page.getByRole('button', { name: 'Editar yo' }).waitFor();
    await card(first.page, 'sum').waitFor({ state: 'detached' });
    // Who closes the page makes room.
    await second.context.close();
    await first.page.getByRole('button', { name: 'Editar yo' }).waitFor({ state: 'detached' });
    await first.context.close();
  });

  it('a tab that was duplicated is one more, and a reload is none', async () => {
    const id = await small(shop);
    const { context, page } = await shop.enter();
    await page.goto(`/workflows/${id}`);
    await card(page, 'pause').waitFor();
    const name = () => page.evaluate(() => sessionStorage.getItem('operandi.tab'));
    const first = await name();
    await page.reload();
    await card(page, 'pause').waitFor();
    expect(await name()).toBe(first);
    // A window opened by a page remembers all that the page does, as a duplicate.
    const opened = context.waitForEvent('page');
    await page.evaluate(() => void window.open(location.href));
    const copy = await opened;
    await copy.getByRole('button', { name: 'Editar yo' }).waitFor();
    expect(await copy.evaluate(() => sessionStorage.getItem('operandi.tab'))).not.toBe(first);
    await copy.close();
    await card(page, 'sum').click();
    await page.keyboard.press('Delete');
    await eventually(() => shape(shop, id)).toEqual(['pause', { if: ['log'], else: [] }]);
    await context.close();
  });

  it('the server goes away and comes back: nothing is lost', async () => {
    const id = await small(shop);
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
    await eventually(() => shape(shop, id)).toEqual(['pause', { if: ['log'], else: [] }]);
    await context.close();
  });

  it('a reload brings back what was not sent', async () => {
    const id = await small(shop);
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
    expect(await shape(shop, id)).toEqual(['pause', { if: ['log'], else: [] }, 'sum']);
    await page.unroute('**/api/v1/workflows/*');
    await page.reload();
    await eventually(() => shape(shop, id)).toEqual(['pause', { if: ['log'], else: [] }]);
    await card(page, 'pause').waitFor();
    expect(await card(page, 'sum').count()).toBe(0);
    await context.close();
  });
});
