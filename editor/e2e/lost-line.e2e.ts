// The line is lost before a page, its texts or a view of the editor have come: what stands there says so, and goes on
// by itself as soon as the line is back.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, openPage } from './harness/browser';
import { judged } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { seeView } from './harness/views';
import { Shop } from './harness/workflow';

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const WORDS = {
  es: {
    home: 'Flujos',
    place: 'Ejecuciones',
    trouble: 'No pudimos mostrar esta página',
    todo: 'Apenas vuelva',
    again: 'Probar de nuevo',
  },
  en: {
    home: 'Workflows',
    place: 'Runs',
    trouble: 'This page could not be shown',
    todo: 'As soon as it is back',
    again: 'Try again',
  },
  pt: {
    home: 'Fluxos',
    place: 'Execuções',
    trouble: 'Não foi possível mostrar esta página',
    todo: 'Assim que',
    again: 'Tentar de novo',
  },
} as const;

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

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

/** Every style sheet that was asked for is there, those that came late, too. */
async function expectStyled(page: Page): Promise<void> {
  const bare = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')]
      .filter((link) => link.sheet === null)
      .map((link) => link.href),
  );
  expect(bare).toEqual([]);
}

describe.each(Object.entries(WORDS))('in %s', (lang, words) => {
  it.each([
    ['phone', PHONE],
    ['wide', WIDE],
  ])('a page that cannot come on a %s screen says so, and comes with the line', async (name, size) => {
    const { context, page, complaints } = await shop.enter(size);
    await context.addInitScript((chosen) => localStorage.setItem('operandi.language', chosen), lang);
    await page.goto('/workflows');
    await heading(page, words.home).waitFor();
    await context.setOffline(true);
    await page.getByRole('link', { name: words.place }).click();
    await heading(page, words.trouble).waitFor();
    await page.getByRole('alert').filter({ hasText: words.todo }).waitFor();
    await judged(page, `lost-line-${lang}-${name}`);
    await page.getByRole('button', { name: words.again }).click();
    await heading(page, words.trouble).waitFor();
    await context.setOffline(false);
    await heading(page, words.place).and(page.locator(':focus')).waitFor();
    await expectStyled(page);
    expect(new URL(page.url()).pathname).toBe('/runs');
    expect(complaints.list).toEqual([]);
    await context.close();
  });
});

it('a line that is lost right after signing in leaves nobody before an empty page', async () => {
  const { context, page } = await openPage(shop.browser, shop.site.url, PHONE);
  await context.addInitScript(() => localStorage.setItem('operandi.language', 'es'));
  await page.route(/\/assets\/WorkflowsPage-/, async (route) => {
    await context.setOffline(true);
    await route.abort('internetdisconnected');
  });
  await page.goto('/sign-in');
  await page.fill('input[name=email]', shop.server.account.email);
  await page.fill('input[name=password]', shop.server.account.password);
  await page.keyboard.press('Enter');
  await heading(page, WORDS.es.trouble).waitFor();
  await judged(page, 'lost-line-signed-in');
  await page.unroute(/\/assets\/WorkflowsPage-/);
  await context.setOffline(false);
  await heading(page, WORDS.es.home).waitFor();
  await expectStyled(page);
  await context.close();
});

it('a page that a server has no more is looked for once in a newer version, then told', async () => {
  const { context, page } = await shop.enter(WIDE);
  await page.goto('/workflows');
  await heading(page, WORDS.es.home).waitFor();
  await page.route(/\/assets\/RunsPage-/, (route) => route.abort());
  const reloaded = page.waitForEvent('load');
  await page.getByRole('link', { name: WORDS.es.place }).click();
  await reloaded;
  await heading(page, WORDS.es.trouble).waitFor();
  await page.unroute(/\/assets\/RunsPage-/);
  await page.getByRole('button', { name: WORDS.es.again }).click();
  await heading(page, WORDS.es.place).waitFor();
  await expectStyled(page);
  await context.close();
});

describe('a server that is gone while the line is there', () => {
  it('is asked again by the button', async () => {
    const { context, page } = await shop.enter(WIDE);
    await page.goto('/workflows');
    await heading(page, 'Flujos').waitFor();
    await page.route('**/*', (route) => route.abort());
    await page.getByRole('link', { name: 'Mensajes' }).click();
    await heading(page, WORDS.es.trouble).waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await judged(page, 'lost-line-dark');
    await page.unroute('**/*');
    await page.getByRole('button', { name: WORDS.es.again }).click();
    await heading(page, 'Mensajes').waitFor();
    await expectStyled(page);
    await context.close();
  });

  it('leaves the parts of the settings under their heading', async () => {
    const { context, page } = await shop.enter(PHONE);
    await page.goto('/settings');
    await page.getByLabel('Nombre').waitFor();
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Claves de API' }).click();
    await page.getByRole('main').getByRole('button', { name: WORDS.es.again }).waitFor();
    expect(await page.locator('h1').count()).toBe(1);
    await judged(page, 'lost-line-settings');
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Crear clave' }).waitFor();
    await context.close();
  });
});

it('a view of the editor that cannot come leaves the draft as it is, and comes with the line', async () => {
  const id = await shop.draft({ operandi: 1, name: 'Gracias', steps: [{ id: 'sum', script: '1 + 1' }] });
  const { context, page } = await shop.enter(WIDE);
  await page.goto(`/workflows/${id}`);
  await page.locator('[data-stop="sum"]').waitFor();
  await context.setOffline(true);
  await page.locator('[data-stop="sum"]').click();
  await page.keyboard.press('Delete');
  await page.locator('[data-stop="sum"]').waitFor({ state: 'detached' });
  await seeView(page, 'Texto');
  await page.getByRole('main').getByRole('button', { name: WORDS.es.again }).waitFor();
  await heading(page, 'Gracias').waitFor();
  await judged(page, 'lost-line-view');
  await context.setOffline(false);
  await page.locator('.cm-content').waitFor();
  await expectStyled(page);
  await expect.poll(async () => (await shop.read(id)).document.steps).toEqual([]);
  await context.close();
});
