// The text of a draft as people use it: completed and judged while they type, comments kept, in step with the canvas
// and with what another person saves, never lost. Wide, on a phone, in the dark: axe finds nothing.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import en from '@/i18n/en/document.json';
import es from '@/i18n/es/document.json';
import pt from '@/i18n/pt/document.json';
import { leftOver, wordless } from '@/pages/workflow/text/words';
import { launch, picture } from './harness/browser';
import { eventually, judged, offered } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { seeView } from './harness/views';
import { Shop } from './harness/workflow';

const PHONE = { width: 390, height: 844 };
const TEXT = `# Thanks people. Ask Ana before changing it.
operandi: 1
name: Thanks
trigger:
  event: order.created
  key: event.order_id
steps:
  - id: pause
    wait: { for: 1h } # not at once
  - id: sum
    script: 1 + 1
`;

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

/** Stores a text with its comments. */
async function draft(): Promise<string> {
  const id = await shop.draft({ operandi: 1, name: 'Thanks', steps: [] });
  const answer = await fetch(`${shop.server.url}/api/v1/workflows/${id}?allow_problems=true`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${shop.server.account.key}`, 'content-type': 'application/yaml' },
    body: TEXT,
  });
  expect(answer.status).toBe(200);
  return id;
}

const source = async (id: string) => (await shop.call<{ source: string }>('GET', `/workflows/${id}`)).source;

async function openText(page: Page, id: string): Promise<void> {
  await page.goto(`/workflows/${id}`);
  await seeView(page, 'Texto');
  await page.locator('.cm-content').waitFor();
}

/** The text on the screen. */
const shown = (page: Page) => page.locator('.cm-content').textContent();

/** Puts the cursor behind some text. */
async function behind(page: Page, words: string): Promise<void> {
  await page.locator('.cm-line', { hasText: words }).first().click();
  await page.keyboard.press('End');
}

/** Takes the first of what is offered. */
async function take(page: Page, words = ''): Promise<void> {
  await offered(page, words);
  await page.keyboard.press('Enter');
}

describe('the help of the text', () => {
  it('has a text in every language for every field and value of the schema, and none besides', async () => {
    const answer = await fetch(`${shop.server.url}/api/v1/schema/workflow.json`);
    const schema = (await answer.json()) as Parameters<typeof wordless>[0];
    for (const [lang, words] of Object.entries({ es, en, pt })) {
      expect.soft(wordless(schema, words), lang).toEqual([]);
      expect.soft(leftOver(schema, words), lang).toEqual([]);
    }
  });

  it.each([
    ['es', 'Lo que inicia una ejecución.', 'La ejecución activa termina y empieza una nueva.'],
    ['en', 'What starts a run.', 'The active run ends and a new one begins.'],
    ['pt', 'O que inicia uma execução.', 'A execução ativa termina e começa uma nova.'],
  ])('is told in %s', async (lang, ofTrigger, ofMode) => {
    const { context, page, complaints } = await shop.enter();
    await context.addInitScript((chosen) => localStorage.setItem('operandi.language', chosen), lang);
    const id = await draft();
    await page.goto(`/workflows/${id}`);
    await page.locator('header label', { hasText: /^Text/ }).click();
    await page.locator('.cm-line', { hasText: 'trigger' }).getByText('trigger').hover();
    await page.locator('.cm-tooltip-hover', { hasText: ofTrigger }).waitFor();
    await picture(page, `text-help-${lang}`);
    await behind(page, 'key: event.order_id');
    await page.keyboard.type('\nmode: res');
    const help = page.locator('.cm-completionInfo', { hasText: ofMode });
    await help.waitFor();
    // In sight, and not cut off by what is around it.
    await eventually(() =>
      help.evaluate((shown) => {
        const { left, top, width, height } = shown.getBoundingClientRect();
        return shown.contains(document.elementFromPoint(left + width / 2, top + height / 2));
      }),
    ).toBe(true);
    await judged(page, `text-offers-${lang}`);
    expect(await page.locator('.cm-completionInfo .cm-help').getAttribute('lang')).toBe(lang);
    expect.soft(complaints.list).toEqual([]);
    await context.close();
  });
});

describe('the text', () => {
  it('is completed, judged, and stored with its comments', async () => {
    const { context, page, complaints } = await shop.enter();
    const id = await draft();
    await openText(page, id);
    expect(await shown(page)).toContain('# not at once');
    await judged(page, 'text-wide');

    await behind(page, 'script: 1 + 1');
    await page.keyboard.type('\n# and tell\n');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('- id: tell\nact');
    await take(page);
    await page.keyboard.type('lo');
    await take(page, 'log');
    await page
      .getByRole('button', { name: /Renglón/ })
      .first()
      .waitFor();
    await judged(page, 'text-wide-faults');
    await page.keyboard.type('\nwith');
    await take(page);
    await page.keyboard.type('message: "Pedido ${event.ord');
    await take(page, 'event.order_id');
    await page.keyboard.type('}: Hola"');
    await page.getByText('Sin problemas').waitFor();
    await eventually(() => source(id)).toContain('${event.order_id}: Hola');
    await eventually(() => source(id)).toContain('# and tell');
    expect(await source(id)).toContain('# not at once');

    await seeView(page, 'Lienzo');
    await page.locator('[data-stop="tell"]').waitFor();
    await page.getByRole('button', { name: /^Deshacer/ }).click();
    await eventually(() => source(id)).not.toContain('${event.order_id}: Hola');
    await seeView(page, 'Texto');
    await eventually(() => shown(page)).toContain('# not at once');
    expect.soft(complaints.list).toEqual([]);
    await context.close();
  });

  it('stays as it is while it makes no sense, over a reload too', async () => {
    const { context, page } = await shop.enter();
    const id = await draft();
    await openText(page, id);
    await behind(page, 'script: 1 + 1');
    await page.keyboard.type('\n    note: [half');
    await page.getByText('El texto todavía no se entiende', { exact: false }).waitFor();
    await judged(page, 'text-wide-broken');
    expect(await source(id)).toBe(TEXT);
    await page.reload();
    await openText(page, id);
    await eventually(() => shown(page)).toContain('note: [half');
    await page.getByText('El texto todavía no se entiende', { exact: false }).waitFor();
    await context.close();
  });

  it('takes in what another person saves, and leaves the cursor where it is', async () => {
    const { context, page } = await shop.enter();
    const id = await draft();
    await openText(page, id);
    await behind(page, 'script: 1 + 1');
    const { rev } = await shop.call<{ rev: number }>('GET', `/workflows/${id}`);
    const patches = [{ op: 'replace', path: '/steps/0/wait/for', value: '3h' }];
    await shop.call('PATCH', `/workflows/${id}`, { patches }, { 'if-match': `"${rev}"` });
    await page.keyboard.type('0');
    await eventually(() => shown(page)).toContain('3h');
    await eventually(() => source(id)).toContain('script: 1 + 10');
    expect(await source(id)).toContain('# not at once');
    await page.keyboard.type('0');
    await eventually(() => source(id)).toContain('script: 1 + 100');
    await context.close();
  });

  it('lets the keyboard out by Escape and Tab', async () => {
    const { context, page } = await shop.enter();
    await openText(page, await draft());
    await page.locator('.cm-content').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await eventually(() => page.evaluate(() => document.activeElement?.closest('.cm-editor') ?? null)).toBe(
      null,
    );
    await context.close();
  });

  it('stands on a phone and in the dark', async () => {
    const { context, page, complaints } = await shop.enter(PHONE);
    await openText(page, await draft());
    await judged(page, 'text-phone');
    await page.evaluate(() => localStorage.setItem('operandi.scheme', 'dark'));
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.reload();
    await seeView(page, 'Texto');
    await page.locator('.cm-content').waitFor();
    await judged(page, 'text-dark');
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+f');
    await page.getByRole('textbox', { name: 'Buscar' }).fill('pause');
    await judged(page, 'text-find');
    expect.soft(complaints.list).toEqual([]);
    await context.close();
  });
});
