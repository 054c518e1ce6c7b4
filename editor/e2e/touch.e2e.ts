// Several steps chosen, moved and switched off with a finger: on a phone, on a tablet, on the canvas and in the outline.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './harness/browser';
import { card, shape, small } from './harness/canvas';
import { eventually, judged } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { seeView } from './harness/views';
import { Shop } from './harness/workflow';

const PHONE = { width: 390, height: 844, touch: true };
const TABLET = { width: 1024, height: 768, touch: true };

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

describe.each([
  ['outline', 'phone', 'Lista', PHONE],
  ['canvas', 'phone', 'Lienzo', PHONE],
  ['outline', 'tablet', 'Lista', TABLET],
  ['canvas', 'tablet', 'Lienzo', TABLET],
] as const)('the %s on a %s', (view, name, label, size) => {
  it('lets fingers choose several steps and do things with them', async () => {
    const id = await small(shop);
    const { context, page, complaints } = await shop.enter(size);
    await page.goto(`/workflows/${id}`);
    await seeView(page, label);
    await card(page, 'pause').waitFor();
    await page.getByRole('button', { name: 'Seleccionar', exact: true }).tap();
    await page.getByRole('group', { name: 'Tocá los pasos que quieras' }).waitFor();
    await judged(page, `touch-${view}-${name}-begin`);
    await card(page, 'pause').tap();
    await card(page, 'big').tap();
    const bar = page.getByRole('group', { name: '2 pasos seleccionados' });
    await bar.waitFor();
    await judged(page, `touch-${view}-${name}`);
    await bar.getByRole('button', { name: 'Apagar' }).tap();
    await eventually(async () => (await shop.read(id)).document.steps.map((step) => step.enabled)).toEqual([
      false,
      false,
      undefined,
    ]);
    await card(page, 'pause').tap();
    await page
      .getByRole('group', { name: '1 paso seleccionado' })
      .getByRole('button', { name: 'Mover antes' })
      .tap();
    await eventually(() => shape(shop, id)).toEqual([{ if: ['log'], else: [] }, 'pause', 'sum']);
    await page.getByRole('button', { name: 'Listo' }).tap();
    // A tap opens again what it is on.
    await card(page, 'pause').tap();
    await page.locator('[data-panel]').waitFor();
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('begins to choose from a step’s menu, and looks well in the dark', async () => {
    const id = await small(shop);
    const { context, page } = await shop.enter(size);
    await context.addInitScript(() => localStorage.setItem('operandi.scheme', 'dark'));
    await page.goto(`/workflows/${id}`);
    await seeView(page, label);
    await card(page, 'pause')
      .getByRole('button', { name: /^Acciones de/ })
      .tap();
    await page.getByRole('menuitem', { name: 'Seleccionar varios' }).tap();
    await card(page, 'big').tap();
    const bar = page.getByRole('group', { name: '2 pasos seleccionados' });
    await bar.waitFor();
    await judged(page, `touch-${view}-${name}-dark`);
    await bar.getByRole('button', { name: 'Borrar' }).tap();
    await eventually(() => shape(shop, id)).toEqual(['sum']);
    await page.getByRole('group', { name: 'Tocá los pasos que quieras' }).waitFor();
    await context.close();
  });
});
