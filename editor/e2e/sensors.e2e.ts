// What a shop does with sensors: a device is made and heard, a threshold is tried and becomes a workflow, an alert is
// answered, the dashboard is arranged. Needs a server that speaks of devices; every page is judged as it stands.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, openPage } from './harness/browser';
import { atNight, eventually, judged, settled } from './harness/judge';
import { type Server, startServer } from './harness/server';
import { openSite, type Site } from './harness/site';
import { Shop } from './harness/workflow';

const MINUTE = 60_000;
const READINGS = 180;

let server: Server;
let site: Site;
let browser: Browser;
let shop: Shop;
let device: string;

const iso = (at: number) => new Date(at).toISOString();

/** Three hours of a fridge that keeps its temperature. */
function calm(): { metric: string; value: number; at: string }[] {
  const now = Date.now();
  return Array.from({ length: READINGS }, (_, index) => ({
    metric: 'temperature',
    value: 4 + Math.sin(index / 6),
    at: iso(now - (READINGS - index) * MINUTE),
  }));
}

beforeAll(async () => {
  server = await startServer();
  site = await openSite(server.url);
  browser = await launch();
  shop = new Shop(server, site, browser);
  const made = await shop.call<{ id: string }>(
    'POST',
    '/devices',
    {
      name: 'Cámara de carnes',
      place: 'Depósito',
      tags: ['frio'],
      profile: { metrics: [{ name: 'temperature', unit: '°C', every: 60 }], actuators: [] },
    },
    { 'Idempotency-Key': crypto.randomUUID() },
  );
  device = made.id;
  await shop.call('POST', `/devices/${device}/readings`, { readings: calm() });
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
});

/** Somebody signed in, in a shop that begins with its dashboard. */
async function enter(size = { width: 1440, height: 900 }, workers = false) {
  const opened = await openPage(browser, site.url, { ...size, workers });
  await opened.context.addInitScript(() => localStorage.setItem('operandi.language', 'es'));
  const { page } = opened;
  await page.goto('/sign-in');
  await page.fill('input[name=email]', server.account.email);
  await page.fill('input[name=password]', server.account.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/dashboard');
  await page.locator('#content h1').waitFor();
  return opened;
}

describe.each([
  ['wide', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844 }],
] as const)('on a %s screen', (name, size) => {
  it('every page of sensors stands, by day and by night', async () => {
    const { page, complaints } = await enter(size);
    const pages = {
      dashboard: '/dashboard',
      devices: '/devices',
      device: `/devices/${device}`,
      device_edit: `/devices/${device}/edit`,
      device_new: '/devices/new',
      alerts: '/alerts',
      report: `/reports/cold-chain?device=${device}&metric=temperature&above=8`,
      notifications: '/settings/notifications',
    };
    for (const [place, path] of Object.entries(pages)) {
      await page.goto(path);
      await judged(page, `sensors-${name}-${place}`);
    }
    await page.goto('/dashboard');
    await settled(page);
    await atNight(page);
    await judged(page, `sensors-${name}-dashboard-dark`);
    expect(complaints.list).toEqual([]);
  });
});

describe('what people do', () => {
  it('a report on the cold chain is read and kept', async () => {
    const { page, complaints } = await enter();
    await page.goto(`/reports/cold-chain?device=${device}&metric=temperature&above=8`);
    await page.getByText('Tiempo observado').waitFor();
    const kept = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Descargar PDF' }).click();
    expect((await kept).suggestedFilename()).toBe('camara_de_carnes-temperature.pdf');
    expect(complaints.list).toEqual([]);
  });

  it('a device is made, and its key is shown once', async () => {
    const { page, complaints } = await enter();
    await page.goto('/devices/new');
    await page.getByLabel('Nombre', { exact: false }).first().fill('Freezer de helados');
    await page.getByRole('button', { name: 'Crear dispositivo' }).click();
    await page.waitForURL(/\/devices\/[0-9a-f-]{36}$/);
    await page.getByRole('button', { name: 'Crear clave a mano' }).click();
    expect(await page.getByRole('textbox', { name: 'Contraseña' }).inputValue()).not.toBe('');
    await judged(page, 'sensors-key');
    await page.getByRole('button', { name: 'Ya la copié' }).click();
    await page.getByRole('button', { name: 'Crear código' }).click();
    await page.getByRole('img', { name: /Código QR/ }).waitFor();
    expect(complaints.list).toEqual([]);
  });

  it('a value is seen as it comes, without a reload', async () => {
    const { page } = await enter();
    await page.goto(`/devices/${device}`);
    await settled(page);
    await shop.call('POST', `/devices/${device}/readings`, { metric: 'temperature', value: 5.25 });
    await page.getByText('5,25 °C').first().waitFor();
  });

  it('a threshold is tried on the past by keyboard, and becomes a workflow', async () => {
    const { page, complaints } = await enter();
    await page.goto(`/devices/${device}`);
    await page.getByRole('button', { name: 'Probar un límite' }).click();
    const limit = page.getByRole('slider', { name: 'Mal por encima de' });
    await limit.focus();
    const before = Number(await limit.getAttribute('aria-valuenow'));
    await page.keyboard.press('PageUp');
    await eventually(async () => Number(await limit.getAttribute('aria-valuenow'))).toBeGreaterThan(before);
    await page.getByText(/Habría avisado 0 veces en 30 días/).waitFor();
    await judged(page, 'sensors-threshold');
    await page.getByRole('button', { name: 'Crear un flujo con este límite' }).click();
    await page.waitForURL(/\/workflows\/[0-9a-f-]{36}$/);
    await page
      .getByText(/Cuando temperatura supera .* °C por 10 min/)
      .first()
      .waitFor();
    const id = page.url().split('/').at(-1) ?? '';
    const { document } = await shop.read(id);
    expect(document.trigger).toMatchObject({
      sensor: { metric: 'temperature', devices: { ids: [device] }, alert: 'warning' },
    });
    expect(complaints.list).toEqual([]);
  });

  it('an alert comes by itself, is taken and is counted', async () => {
    const workflow = await shop.draft({
      operandi: 1,
      name: 'Cámara fuera de rango',
      trigger: { sensor: { metric: 'temperature', above: 8, devices: { ids: [device] }, alert: 'critical' } },
      steps: [{ id: 'told', action: 'log', with: { message: 'Hace calor' } }],
    });
    await shop.call('POST', `/workflows/${workflow}/publish`);
    const { page, complaints } = await enter();
    await page.goto('/alerts');
    await page.getByText('Todo en orden').waitFor();
    await shop.call('POST', `/devices/${device}/readings`, { metric: 'temperature', value: 11.5 });
    await page.getByRole('link', { name: 'Cámara de carnes' }).waitFor();
    await badge(page, 1);
    await page.getByRole('button', { name: 'La tomo yo: Cámara de carnes' }).click();
    await page.getByText('En atención').first().waitFor();
    await page.getByRole('link', { name: 'Cámara de carnes' }).click();
    await page.getByRole('heading', { name: 'Historia' }).waitFor();
    await judged(page, 'sensors-alert');
    expect(complaints.list).toEqual([]);
  });

  it('the dashboard is arranged by keyboard, and what somebody else stored is not overwritten', async () => {
    const { page, complaints } = await enter();
    await settled(page);
    await page.getByRole('button', { name: 'Ordenar' }).click();
    await page.getByRole('button', { name: /Mover o cambiar el tamaño de «Alertas abiertas»/ }).focus();
    await page.keyboard.press('Shift+ArrowUp');
    const { rev } = await shop.call<{ rev: number }>('GET', '/dashboard');
    const widgets = [{ id: 'only', kind: 'counter', x: 0, y: 0, w: 3, h: 2 }];
    await shop.call('PUT', '/dashboard', { widgets }, { 'If-Match': String(rev) });
    await page.getByRole('button', { name: 'Guardar', exact: true }).click();
    await page.getByText('Otra persona guardó otro orden').waitFor();
    await judged(page, 'sensors-conflict');
    await page.getByRole('button', { name: 'Guardar el mío encima' }).click();
    await page.getByRole('button', { name: 'Ordenar' }).waitFor();
    const stored = await shop.call<{ widgets: { kind: string }[] }>('GET', '/dashboard');
    expect(stored.widgets.length).toBeGreaterThan(1);
    expect(complaints.list).toEqual([]);
  });

  it('the app can be installed, and keeps only its hashed files', async () => {
    const { page } = await enter({ width: 390, height: 844 }, true);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await settled(page);
    const kept = await page.evaluate(async () => {
      const paths: string[] = [];
      for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys())
          paths.push(new URL(request.url).pathname);
      }
      return paths;
    });
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter((path) => !path.startsWith('/assets/'))).toEqual([]);
    const manifest = await page.evaluate(async () => (await fetch('/manifest.webmanifest')).json());
    expect(manifest).toMatchObject({ display: 'standalone', start_url: '/' });
  });
});

async function badge(page: Page, count: number): Promise<void> {
  await page.getByRole('link', { name: new RegExp(`Alertas.*${count} abierta`) }).waitFor();
}
