// A flow of 500 steps is edited like any other.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch } from './harness/browser';
import { eventually, judged } from './harness/judge';
import { long } from './harness/long';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { Shop } from './harness/workflow';

const STEPS = 500;

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

it('500 steps are walked to the end, added to, saved and undone', async () => {
  const id = await shop.draft(long(STEPS));
  const stored = async () => (await shop.read(id)).document.steps;
  const before = await stored();
  const { context, page, complaints } = await shop.enter();
  await page.goto(`/workflows/${id}`);
  await page.locator('[data-stop="@trigger"]').focus();
  await page.keyboard.press('End');
  await page.locator('[data-stop="@end"]:focus').waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('+');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('calcular');
  await page.keyboard.press('Enter');
  await page.locator('[data-stop="script"]').waitFor();
  await eventually(async () => (await stored()).at(-1)?.id).toBe('script');
  await judged(page, 'long');
  await page
    .getByRole('button', { name: /^Deshacer/ })
    .first()
    .click();
  await eventually(stored).toEqual(before);
  expect(complaints.list).toEqual([]);
  await context.close();
});
