// Where the link of a claim code leads: somebody with a phone, before a device, who is not signed in. The code must stay
// in the browser: behind the `#`, in no request.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, openPage } from './harness/browser';
import { atNight, judged } from './harness/judge';
import { type Server, startServer } from './harness/server';
import { openSite, type Site } from './harness/site';

const CODE = 'ABCD-2345';
const PHONE = { width: 360, height: 740, touch: true };

let server: Server;
let site: Site;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  site = await openSite(server.url);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
});

async function scan(hash: string, lang = 'es', size = PHONE) {
  const opened = await openPage(browser, site.url, size);
  await opened.context.addInitScript((name) => localStorage.setItem('operandi.language', name), lang);
  const asked: string[] = [];
  opened.page.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`));
  await opened.page.goto(`/claim${hash}`);
  return { ...opened, asked };
}

describe('the link of a claim code', () => {
  it.each([
    ['es', 'Sumá este dispositivo', 'Código', 'Servidor'],
    ['en', 'Add this device', 'Code', 'Server'],
    ['pt', 'Adicione este dispositivo', 'Código', 'Servidor'],
  ])('says in %s what to do, to whoever is not signed in', async (lang, title, code, server) => {
    const { page, complaints, asked } = await scan(`#${CODE}`, lang);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    const field = (name: string) => page.getByRole('textbox', { name, exact: true }).inputValue();
    expect(await field(code)).toBe(CODE);
    expect(await field(server)).toBe(new URL(site.url).origin);
    await judged(page, `claim-${lang}`);
    await atNight(page);
    await judged(page, `claim-${lang}-dark`);
    expect(asked.filter((request) => /ABCD|2345/.test(request))).toEqual([]);
    expect(complaints.list).toEqual([]);
  });

  it('is gone through by keyboard', async () => {
    const { page } = await scan('#abcd2345', 'es', { width: 1280, height: 800, touch: false });
    await page.getByRole('button', { name: /^Copiar.*Código/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'Copiado' }).waitFor();
    await page.getByText('Un dispositivo propio').focus();
    await page.keyboard.press('Enter');
    const command = await page.getByRole('textbox', { name: 'Comando' }).inputValue();
    expect(command).toContain(`"code":"${CODE}"`);
    await judged(page, 'claim-own');
  });

  it('without a code says where to get one', async () => {
    const { page, complaints } = await scan('#ABCD');
    await page.getByRole('heading', { level: 1, name: 'A este enlace le falta el código' }).waitFor();
    await judged(page, 'claim-none');
    expect(complaints.list).toEqual([]);
  });
});
