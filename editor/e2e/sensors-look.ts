// Pictures of the pages of sensors with the data of the fake, and what axe finds: `npx vitest run --config
// e2e/vitest.config.ts --mode look`. For whoever works on these pages; it holds nothing.
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { picture, smallTargets, violations } from './harness/browser';
import { settled } from './harness/judge';
import { type Server, startServer } from './harness/server';
import { openSite, type Site } from './harness/site';
import { startFake, touchDashboard } from './sensors-fake';

const ONE = '0193a6c0-0000-7000-8000-000000000001';
const PAGES: Record<string, string> = {
  dashboard: '/dashboard',
  devices: '/devices',
  device: `/devices/${ONE}`,
  valve: '/devices/0193a6c0-0000-7000-8000-000000000003',
  device_edit: `/devices/${ONE}/edit`,
  alerts: '/alerts',
  alert: '/alerts/0193a6c0-2222-7000-8000-000000000001',
  report: `/reports/cold-chain?device=${ONE}&metric=temperature&above=8`,
  notifications: '/settings/notifications',
};
const only = process.env.LOOK?.split(',');

let server: Server;
let fake: Awaited<ReturnType<typeof startFake>>;
let site: Site;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  fake = await startFake(server.url);
  site = await openSite(fake.url);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await fake?.stop();
  await server?.stop();
});

async function enter(size: { width: number; height: number }, dark: boolean, lang = 'es'): Promise<Page> {
  const context = await browser.newContext({
    viewport: size,
    baseURL: site.url,
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  });
  await context.addInitScript(
    ([scheme, language]) => {
      localStorage.setItem('operandi.language', language ?? 'es');
      localStorage.setItem('operandi.scheme', scheme ?? 'light');
    },
    [dark ? 'dark' : 'light', lang],
  );
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') console.log('console:', message.text());
  });
  page.on('pageerror', (error) => console.log('error:', error.message));
  await page.goto('/sign-in');
  await page.fill('input[name=email]', server.account.email);
  await page.fill('input[name=password]', server.account.password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname !== '/sign-in');
  return page;
}

async function judge(page: Page, name: string): Promise<void> {
  await settled(page);
  await page.waitForTimeout(400);
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  for (const fault of [...(await violations(page)), ...(await smallTargets(page))])
    console.log(`${name}: ${fault}`);
  if (sideways > 0) console.log(`${name}: scrolls sideways by ${sideways}`);
}

describe.each([
  ['wide', { width: 1440, height: 900 }, false],
  ['phone', { width: 390, height: 844 }, false],
  ['wide-dark', { width: 1440, height: 900 }, true],
] as const)('%s', (name, size, dark) => {
  it('is looked at', async () => {
    const page = await enter(size, dark);
    for (const [place, path] of Object.entries(PAGES)) {
      if (only !== undefined && !only.includes(place)) continue;
      await page.goto(path);
      await judge(page, `${name} ${place}`);
      await picture(page, `look-${name}-${place}`);
      // What is below the edge, too.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      if (height > size.height * 1.1) {
        await page.setViewportSize({ width: size.width, height: Math.min(height, 3600) });
        await page.waitForTimeout(500);
        await picture(page, `look-${name}-${place}-all`);
        await page.setViewportSize(size);
      }
    }
    if (only === undefined || only.includes('threshold')) {
      await page.goto(`/devices/${ONE}`);
      await settled(page);
      await page.getByRole('button', { name: 'Probar un límite' }).click();
      await page.getByRole('slider', { name: 'Mal por encima de' }).waitFor();
      await page.getByText(/Habría avisado/).waitFor();
      await judge(page, `${name} threshold`);
      await page.setViewportSize({ width: size.width, height: 1500 });
      await page.waitForTimeout(400);
      await picture(page, `look-${name}-threshold`);
      await page.setViewportSize(size);
    }
    if (only === undefined || only.includes('arrange')) {
      await page.goto('/dashboard');
      await settled(page);
      await page.getByRole('button', { name: 'Ordenar' }).click();
      await judge(page, `${name} arrange`);
      await picture(page, `look-${name}-arrange`);
      const move = page.getByRole('button', { name: 'Mover o cambiar el tamaño de «Alertas abiertas»' });
      await move.focus();
      await page.keyboard.press('Shift+ArrowUp');
      await page.keyboard.press('ArrowUp');
      await page.getByText(/Cambió «Alertas|Ahí no puede/).waitFor({ state: 'attached' });
      if (size.width > 1000) {
        const handle = page.getByRole('heading', { name: 'Actividad' });
        await handle.scrollIntoViewIfNeeded();
        const box = await handle.boundingBox();
        const before = await handle.boundingBox();
        await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + 8);
        await page.mouse.down();
        await page.mouse.move((box?.x ?? 0) - 420, (box?.y ?? 0) + 8, { steps: 5 });
        await page.mouse.up();
        const after = await handle.boundingBox();
        console.log(`${name}: dragged from ${before?.x} to ${after?.x}`);
      }
      touchDashboard();
      await page.getByRole('button', { name: 'Guardar', exact: true }).click();
      await page.getByText('Otra persona guardó otro orden').waitFor();
      await judge(page, `${name} conflict`);
      await picture(page, `look-${name}-conflict`);
      await page.getByRole('button', { name: 'Guardar el mío encima' }).click();
      await page.getByRole('button', { name: 'Ordenar' }).waitFor();
      await page.getByRole('button', { name: 'Ordenar' }).click();
      await page.getByRole('button', { name: 'Agregar', exact: true }).click();
      await page.getByRole('dialog').waitFor();
      await judge(page, `${name} widget dialog`);
      await picture(page, `look-${name}-dialog`);
    }
    if (only === undefined || only.includes('workflow')) {
      await page.goto(`/devices/${ONE}`);
      await settled(page);
      await page.getByRole('button', { name: 'Probar un límite' }).click();
      const slider = page.getByRole('slider', { name: 'Mal por encima de' });
      await slider.focus();
      for (let press = 0; press < 5; press += 1) await page.keyboard.press('PageUp');
      await page.getByText(/Habría avisado/).waitFor();
      await page.getByRole('button', { name: 'Crear un flujo con este límite' }).click();
      await page.waitForURL('**/workflows/*');
      await settled(page);
      await page
        .getByText(/Cuando temperatura supera/)
        .first()
        .click();
      await page.waitForTimeout(600);
      await judge(page, `${name} workflow`);
      await picture(page, `look-${name}-workflow`);
    }
    if (only === undefined || only.includes('claim')) {
      await page.goto('/devices/0193a6c0-0000-7000-8000-000000000007');
      await settled(page);
      await page.getByRole('button', { name: 'Crear código' }).click();
      await page.getByText('FRIO-2345', { exact: true }).waitFor();
      await judge(page, `${name} claim`);
      await picture(page, `look-${name}-claim`);
    }
    if (only === undefined || only.includes('gaps')) {
      await page.goto(`/devices/${ONE}`);
      await settled(page);
      await page.getByText('7 días', { exact: true }).click();
      await page.waitForTimeout(900);
      await judge(page, `${name} gaps`);
      await page.getByText('Ver como tabla').click();
      await page.setViewportSize({ width: size.width, height: 1500 });
      await page.waitForTimeout(400);
      await picture(page, `look-${name}-gaps`);
      await page.getByText('30 días', { exact: true }).click();
      await page.waitForTimeout(900);
      await picture(page, `look-${name}-month`);
      await page.setViewportSize(size);
    }
    await page.context().close();
  });
});
