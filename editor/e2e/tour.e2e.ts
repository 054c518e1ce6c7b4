// Signs in and visits every page in each language, wide and on a phone: axe finds nothing, nothing complains,
// every target can be hit. Pictures of all of it land in e2e/artefacts.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, openPage, picture, smallTargets, violations } from './harness/browser';
import { settled } from './harness/judge';
import { type Server, startServer } from './harness/server';
import { openSite, type Site } from './harness/site';

const SIZES = {
  wide: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;
const WORKFLOW = resolve(import.meta.dirname, '../../workflows/online-shop/cart-recovery.yaml');

let server: Server;
let site: Site;
let browser: Browser;
/** Pages by the name of their picture. */
let pages: Record<string, string>;

async function call<T>(method: string, path: string, body?: unknown, type = 'application/json'): Promise<T> {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.account.key}`, 'content-type': type },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** A shop with a workflow, a run that waits and one that failed. */
async function furnish(): Promise<void> {
  const connection = await call<{ id: string }>('POST', '/connections', {
    connector: 'whatsapp',
    name: 'WhatsApp de la tienda',
    settings: { sandbox: true },
  });
  const workflow = await call<{ id: string }>(
    'POST',
    '/workflows',
    readFileSync(WORKFLOW, 'utf8'),
    'application/yaml',
  );
  await call('PUT', `/workflows/${workflow.id}/inputs`, { inputs: { whatsapp: connection.id } });
  await call('POST', `/workflows/${workflow.id}/publish`);
  const failing = await call<{ id: string }>('POST', '/workflows', {
    operandi: 1,
    name: { es: 'Avisar al depósito', en: 'Tell the warehouse', pt: 'Avisar o depósito' },
    trigger: { event: 'order.created', key: 'event.order_id' },
    steps: [
      { id: 'think', script: '1 + 1' },
      { id: 'decide', ask: { question: '¿Se envía hoy?', answers: { yes: 'Sí', no: 'No' }, timeout: '1d' } },
    ],
  });
  await call('POST', `/workflows/${failing.id}/publish`);
  await call('POST', '/workflows?allow_problems=true', { operandi: 1, name: { es: 'Borrador' }, steps: [] });
  const event = await call<{ event_id: string }>('POST', '/events', {
    type: 'cart.updated',
    data: { cart_id: 'c-1001', contact: 'nobody', total: 45_900 },
  });
  await call('POST', '/events', { type: 'order.created', data: { order_id: 'o-77', cart_id: 'c-9' } });
  const runs = await call<{ items: Array<{ id: string; workflow_id: string }> }>('GET', '/runs');
  const asking = runs.items.find((run) => run.workflow_id === failing.id);
  pages = {
    workflows: '/workflows',
    runs: '/runs',
    run: `/runs/${asking?.id}`,
    events: '/events',
    event: `/events/${event.event_id}`,
    messages: '/messages',
    sandbox: '/messages?box=sandbox',
    connections: '/connections',
    connection: `/connections/${connection.id}`,
    connection_new: '/connections/new/smtp',
    settings: '/settings',
    members: '/settings/members',
    keys: '/settings/keys',
    audit: '/settings/audit',
    lost: '/nowhere',
  };
}

/** What was found wrong, and on which pages. */
const faults = new Map<string, string[]>();

/** Looks at what must be true of every page as it stands. */
async function judge(page: Page, name: string): Promise<void> {
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  const found = [
    ...(await violations(page)),
    ...(await smallTargets(page)).map((target) => `small target: ${target}`),
    ...(sideways > 0 ? ['it scrolls sideways'] : []),
  ];
  for (const fault of found) faults.set(fault, [...(faults.get(fault) ?? []), name]);
}

/** Every fault of the story at once, each with the pages it is on. */
function expectNoFaults(complaints: readonly string[]): void {
  const all = Object.fromEntries(faults);
  faults.clear();
  expect.soft(all).toEqual({});
  expect.soft(complaints).toEqual([]);
}

beforeAll(async () => {
  server = await startServer();
  await furnish();
  site = await openSite(server.url);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
});

describe.each(Object.entries(SIZES))('on a %s screen', (sizeName, size) => {
  it.each(['es', 'en', 'pt'])('every page stands in %s', async (lang) => {
    const { context, page, complaints } = await openPage(browser, site.url, size);
    await context.addInitScript((chosen) => localStorage.setItem('operandi.language', chosen), lang);

    await page.goto('/runs?status=failed');
    await page.waitForURL('**/sign-in**');
    await settled(page);
    await judge(page, 'sign-in');
    await picture(page, `${sizeName}-${lang}-sign-in`);
    await page.fill('input[name=email]', server.account.email);
    await page.fill('input[name=password]', 'not the password');
    await page.keyboard.press('Enter');
    await page.waitForSelector('input[aria-invalid=true]');
    await judge(page, 'wrong password');
    await page.fill('input[name=password]', server.account.password);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === '/runs' && url.search === '?status=failed');

    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await settled(page);
      await judge(page, `${name} (${lang}, ${sizeName})`);
      expect.soft(await page.title(), `title of ${name}`).toMatch(/\S · operandi$/);
      expect.soft(await page.getAttribute('html', 'lang')).toBe(lang);
      await picture(page, `${sizeName}-${lang}-${name}`);
    }
    expectNoFaults(complaints.list);
    await context.close();
  });

  it('every page stands in the dark', async () => {
    const { context, page, complaints } = await openPage(browser, site.url, size);
    await context.addInitScript(() => localStorage.setItem('operandi.scheme', 'dark'));
    await signIn(page);
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await settled(page);
      await judge(page, `${name} (dark, ${sizeName})`);
      await picture(page, `${sizeName}-dark-${name}`);
    }
    expectNoFaults(complaints.list);
    await context.close();
  });
});

async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await page.fill('input[name=email]', server.account.email);
  await page.fill('input[name=password]', server.account.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/workflows');
  // What asked for the password stands until its successor has come.
  await page.locator('#content h1').waitFor();
}

describe('what people do', () => {
  it('a workflow is made, copied and deleted, and the focus follows', async () => {
    const { context, page, complaints } = await openPage(browser, site.url, SIZES.wide);
    await signIn(page);
    await page.click('nav a[href="/connections"]');
    await page.waitForURL('**/connections');
    await page.locator('h1:focus', { hasText: 'Conexiones' }).waitFor();
    await page.click('nav a[href="/workflows"]');
    await page.getByRole('button', { name: 'Nuevo flujo' }).click();
    await page.getByRole('dialog').waitFor();
    await judge(page, 'create dialog');
    await picture(page, 'wide-es-create');
    await page.getByText('Vacío', { exact: true }).click();
    await page.getByLabel('Nombre').fill('Agradecer la compra');
    await page.getByRole('button', { name: 'Crear flujo' }).click();
    await page.waitForURL(/\/workflows\/[0-9a-f-]{36}$/);
    await page.goto('/workflows');
    await page.getByRole('button', { name: 'Acciones de «Agradecer la compra»' }).click();
    await judge(page, 'workflow menu');
    await page.getByRole('menuitem', { name: 'Duplicar' }).click();
    await page.getByRole('link', { name: 'Agradecer la compra (copia)' }).waitFor();
    await page.getByRole('button', { name: 'Acciones de «Agradecer la compra (copia)»' }).click();
    await page.getByRole('menuitem', { name: 'Borrar' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Borrar' }).click();
    await page.getByRole('link', { name: 'Agradecer la compra (copia)' }).waitFor({ state: 'detached' });
    expectNoFaults(complaints.list);
    await context.close();
  });

  it('a question is answered, and the run is seen to end without a reload', async () => {
    const { context, page, complaints } = await openPage(browser, site.url, SIZES.wide);
    await signIn(page);
    await page.goto(pages.run ?? '');
    await page.getByText('En vivo').waitFor();
    await page.getByRole('button', { name: 'Sí', exact: true }).click();
    await page.getByText('Terminada').waitFor();
    await picture(page, 'wide-es-run-answered');
    expectNoFaults(complaints.list);
    await context.close();
  });

  it('a session that ends while somebody works asks for the password and loses nothing', async () => {
    const { context, page, complaints } = await openPage(browser, site.url, SIZES.wide);
    await signIn(page);
    await page.goto('/settings');
    await page.getByLabel('Nombre').fill('Tienda Luna');
    await context.clearCookies();
    await page.getByRole('button', { name: 'Guardar' }).click();
    await page.getByText('Tu sesión terminó').waitFor();
    await judge(page, 'expired dialog');
    await picture(page, 'wide-es-expired');
    await page.fill('input[name=password]', server.account.password);
    await page.keyboard.press('Enter');
    await page.getByText('Configuración guardada').waitFor();
    expect((await call<{ name: string }>('GET', '/organisation')).name).toBe('Tienda Luna');
    expectNoFaults(complaints.list);
    await context.close();
  });

  it('a key is shown once, a connection is made from its schema and tested', async () => {
    const { context, page, complaints } = await openPage(browser, site.url, SIZES.wide);
    await signIn(page);
    await page.goto('/settings/keys');
    await page.getByRole('button', { name: 'Crear clave' }).click();
    await page.getByRole('dialog').getByLabel('Nombre').fill('caja');
    await page.getByRole('dialog').getByRole('button', { name: 'Crear clave' }).click();
    expect(await page.getByRole('textbox', { name: 'Clave de API' }).inputValue()).toMatch(/^opk_/);
    await judge(page, 'key shown once');
    await page.goto('/connections/new/smtp');
    await page.getByLabel('Remitente').fill('Tienda Sol <hola@example.com>');
    await page.getByLabel('Servidor', { exact: true }).fill('smtp.example.com');
    await page.getByRole('button', { name: 'Crear conexión' }).click();
    await page.waitForURL(/\/connections\/[0-9a-f-]{36}$/);
    await page.getByRole('button', { name: 'Probar conexión' }).click();
    await page.getByText('Está completa.').waitFor();
    await judge(page, 'connection made');
    await picture(page, 'wide-es-connection-made');
    expectNoFaults(complaints.list);
    await context.close();
  });

  it('a server that goes away is told, and its return too', async () => {
    const { context, page } = await openPage(browser, site.url, SIZES.phone);
    await signIn(page);
    await settled(page);
    await context.setOffline(true);
    await page.getByText('No llegamos al servidor.', { exact: false }).first().waitFor();
    await judge(page, 'offline');
    expectNoFaults([]);
    await picture(page, 'phone-es-offline');
    await context.setOffline(false);
    await page.getByText('No llegamos al servidor.', { exact: false }).first().waitFor({ state: 'detached' });
    await context.close();
  });

  it('somebody of two shops goes from one to the other, and nothing of the first stays', async () => {
    const answer = await fetch(`${server.url}/api/v1/members`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.neighbour.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ email: server.account.email, role: 'viewer' }),
    });
    expect(answer.status).toBe(201);
    const { context, page, complaints } = await openPage(browser, site.url, SIZES.wide);
    await signIn(page);
    await page.goto('/workflows');
    await page.getByRole('table').waitFor();
    await page.getByRole('button', { name: /Tu cuenta/ }).click();
    await page.getByRole('combobox', { name: 'Organización' }).click();
    await page.getByRole('option', { name: 'Tienda Mar' }).click();
    await page.getByText('Tu primer flujo').waitFor();
    await page.getByRole('button', { name: /Tu cuenta.*Tienda Mar/ }).waitFor();
    await judge(page, 'another organisation');
    expectNoFaults(complaints.list);
    await context.close();
  });
});
