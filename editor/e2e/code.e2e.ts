// The fields for code in the panel: what is written is tried, completed and underlined. Pictures land in
// e2e/artefacts.
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, picture } from './harness/browser';
import { atNight, offered } from './harness/judge';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { Shop } from './harness/workflow';

const DOCUMENT = {
  operandi: 1,
  name: { es: 'Con código', en: 'With code', pt: 'Com código' },
  trigger: { event: 'cart.updated', key: 'event.cart_id' },
  steps: [
    { id: 'calc', script: 'let total = event.total;\ntotal * 2' },
    { id: 'many', each: 'event.items', steps: [] },
    { id: 'tell', action: 'log', with: { message: 'Hola ${contact.first_name}' } },
  ],
};

const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

let shop: Shop;

async function open(size = DESK) {
  const id = await shop.draft(DOCUMENT);
  const opened = await shop.enter(size);
  const { page } = opened;
  await page.goto(`/workflows/${id}`);
  await page.getByRole('heading', { level: 1, name: 'Con código' }).waitFor();
  if (size === DESK) await page.locator('header').getByText('Lista', { exact: true }).click();
  await page.getByRole('tree').waitFor();
  return opened;
}

/** The field of a step, when everything in the panel has become what it is. */
async function show(page: Page, step: string, path: string): Promise<Locator> {
  await page.locator(`[role="treeitem"][data-stop="${step}"]`).click();
  await page.locator('[data-panel] [data-panel-body]').waitFor();
  await page.waitForFunction(() => document.querySelector('[data-panel] [data-lines] textarea') === null);
  return page.locator(`[data-panel] [data-field="${path}"]`);
}

async function rewrite(page: Page, field: Locator, text: string): Promise<void> {
  await field.getByRole('textbox').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
}

/** What is told of the chosen function, once it has its place. */
async function told(page: Page, example: string): Promise<void> {
  const words = page.locator('.cm-completionInfo', { hasText: example });
  await expect.poll(async () => (await words.boundingBox())?.y).toBeGreaterThan(0);
}

/** Takes the first of the list. */
async function take(page: Page): Promise<void> {
  await offered(page);
  await page.keyboard.press('Enter');
}

/** The field without a list of what may be written over it. */
async function closeList(page: Page): Promise<void> {
  await page.locator('.cm-tooltip-autocomplete').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.cm-tooltip-autocomplete').waitFor({ state: 'detached' });
}

/** What is underlined. */
function underlined(field: Locator): Locator {
  return field.locator('.cm-lintRange-error');
}

/** What a reader hears with the field. */
function described(field: Locator): Promise<string> {
  return field.getByRole('textbox').evaluate((box) =>
    (box.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' '),
  );
}

beforeAll(async () => {
  const server = await startServer();
  shop = new Shop(server, await openSite(server.url), await launch());
});

afterAll(async () => {
  await shop?.browser.close();
  await shop?.site.stop();
  await shop?.server.stop();
});

describe('a field for code', () => {
  it('tells what a script gives, and underlines what is wrong in it', async () => {
    const { context, page, complaints } = await open();
    const script = await show(page, 'calc', '/steps/0/script');
    await script.getByText('91800', { exact: true }).waitFor();
    await picture(page, 'code-script');

    await rewrite(page, script, 'let total = event.total;\ntotal + evnt.total');
    await underlined(script).waitFor();
    expect(await underlined(script).textContent()).toBe('evnt');
    expect(await described(script)).toMatch(/Línea 2, columna 9: .*`?evnt/);
    await closeList(page);
    await picture(page, 'code-script-fault');
    await atNight(page);
    await picture(page, 'code-script-fault-dark');

    await rewrite(page, script, 'let total = event.total;\ntotal + 1');
    await script.getByText('45901', { exact: true }).waitFor();
    expect(await underlined(script).count()).toBe(0);
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('completes functions by keyboard, with what they do and an example', async () => {
    const { context, page, complaints } = await open();
    const list = await show(page, 'many', '/steps/1/each');
    await rewrite(page, list, 'event.items.');
    await page.keyboard.type('lim');
    const offer = page.getByRole('option', { name: /^limit\(count\)/ });
    await offer.waitFor();
    expect(await offer.textContent()).toContain('Como mucho los primeros count elementos.');
    await told(page, 'limit([1, 2, 3], 2) → [1,2]');
    await picture(page, 'code-complete');
    await take(page);
    await page.keyboard.type('1');
    await page.keyboard.press('Tab');
    await expect.poll(() => list.getByRole('textbox').textContent()).toBe('event.items.limit(1)');
    await list.getByText(/^\[\{.*Remera/).waitFor();

    await atNight(page);
    await rewrite(page, list, 'for');
    await page.keyboard.type('m');
    await page.getByRole('option', { name: /^format_time/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await picture(page, 'code-complete-dark');
    await page.keyboard.press('Escape');
    await page.getByRole('option', { name: /^format_time/ }).waitFor({ state: 'detached' });

    await context.addInitScript(() => localStorage.setItem('operandi.language', 'pt'));
    await page.reload();
    await page.locator('header').getByText('Lista', { exact: true }).click();
    const again = await show(page, 'many', '/steps/1/each');
    await rewrite(page, again, 'up');
    await page.keyboard.type('p');
    await page.getByRole('option', { name: /O texto em maiúsculas/ }).waitFor();
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('tries a text on a made-up person, and underlines inside of it', async () => {
    const { context, page, complaints } = await open();
    const message = await show(page, 'tell', '/steps/2/with/message');
    await message.getByText('Hola Ana', { exact: true }).waitFor();
    await rewrite(page, message, '¡Hola 😀 ${contact.first_name + nope}!');
    await underlined(message).waitFor();
    expect(await underlined(message).textContent()).toBe('nope');
    expect(await described(message)).toContain('Línea 1, columna 32:');
    await picture(page, 'code-text-fault');
    expect(complaints.list).toEqual([]);
    await context.close();
  });

  it('fits a phone', async () => {
    const { context, page, complaints } = await open(PHONE);
    const script = await show(page, 'calc', '/steps/0/script');
    await script.getByText('91800', { exact: true }).waitFor();
    await rewrite(page, script, 'let total = event.total;\ntotal + evnt.total');
    await underlined(script).waitFor();
    await closeList(page);
    await picture(page, 'code-phone-fault');
    await rewrite(page, script, 'let name = contact.first_name;\n');
    await page.keyboard.type('upp');
    await page.getByRole('option', { name: /^upper\(text\)/ }).waitFor();
    const sideways = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await sideways()).toBe(0);
    await told(page, 'upper("ñandú") → "ÑANDÚ"');
    await picture(page, 'code-phone-complete');
    await take(page);
    await page.keyboard.insertText('name');
    await script.getByText('ANA', { exact: true }).waitFor();
    expect(complaints.list).toEqual([]);
    await context.close();
  });
});
