// Notifications on a phone: switched on, tried, shown by the service worker, and over when somebody signs out. The browser's
// push service is a server of ours here, since no browser under test has one; all else is real.
import { createECDH, randomBytes } from 'node:crypto';
import { createServer, type Server as Http } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, openPage } from './harness/browser';
import { eventually, judged } from './harness/judge';
import { freePort, type Server, startServer } from './harness/server';
import { openSite, type Site } from './harness/site';

const PHONE = { width: 390, height: 844 };
const ALERT = '01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55';

let server: Server;
let site: Site;
let browser: Browser;
let service: Http;
let endpoint: string;
let messages = 0;

beforeAll(async () => {
  server = await startServer({ OPERANDI_ALLOW_PRIVATE_NETWORK: '127.0.0.0/8' });
  site = await openSite(server.url);
  browser = await launch();
  const port = await freePort();
  service = createServer((request, response) => {
    request.resume().on('end', () => {
      messages += 1;
      response.writeHead(201).end();
    });
  }).listen(port, '127.0.0.1');
  endpoint = `http://127.0.0.1:${port}/push/phone`;
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
  service?.close();
});

/** Subscribes at our service instead of the browser's; what was subscribed outlives the page. */
async function leadPushHere(context: BrowserContext): Promise<void> {
  const pair = createECDH('prime256v1');
  const keys = { p256dh: pair.generateKeys('base64url'), auth: randomBytes(16).toString('base64url') };
  await context.addInitScript(
    ({ told, name }) => {
      const of = (key: Uint8Array<ArrayBuffer>) => ({
        options: { applicationServerKey: key.buffer },
        toJSON: () => told,
        unsubscribe: async () => {
          localStorage.removeItem(name);
          return true;
        },
      });
      PushManager.prototype.getSubscription = async () => {
        const key = localStorage.getItem(name);
        return (key === null ? null : of(Uint8Array.from(JSON.parse(key)))) as PushSubscription | null;
      };
      PushManager.prototype.subscribe = async (options) => {
        const key = options?.applicationServerKey as Uint8Array<ArrayBuffer>;
        localStorage.setItem(name, JSON.stringify([...key]));
        return of(key) as unknown as PushSubscription;
      };
    },
    { told: { endpoint, keys }, name: 'test.push' },
  );
}

async function enter() {
  const opened = await openPage(browser, site.url, { ...PHONE, workers: true });
  await opened.context.grantPermissions(['notifications'], { origin: site.url });
  await leadPushHere(opened.context);
  await opened.context.addInitScript(() => localStorage.setItem('operandi.language', 'es'));
  const { page } = opened;
  await signIn(page);
  await page.locator('#content h1').waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  return opened;
}

async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in?next=/settings/notifications');
  await page.fill('input[name=email]', server.account.email);
  await page.fill('input[name=password]', server.account.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/settings/notifications');
}

/** How many browsers of whoever is signed in the server knows. */
const known = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const answer = await fetch('/api/v1/push/subscriptions');
    return ((await answer.json()) as { items: unknown[] }).items.length;
  });

it('a phone is told, shows it, and is quiet once somebody signs out', async () => {
  const { page, context, complaints } = await enter();
  await page.getByRole('button', { name: 'Recibir avisos acá' }).click();
  await page.getByText('Este dispositivo recibe los avisos.').waitFor();
  await judged(page, 'notifications-on');
  await page.getByRole('button', { name: 'Mandar una prueba' }).click();
  await eventually(() => messages).toBe(1);
  await page.reload();
  await page.getByText('Este dispositivo recibe los avisos.').waitFor();
  expect(await known(page)).toBe(1);

  const shown = await deliver(context, page, {
    title: 'Crítica: Heladera caliente',
    body: 'Heladera 1 · 9,5 °C',
    alert_id: ALERT,
  });
  expect(shown).toEqual([
    {
      title: 'Crítica: Heladera caliente',
      body: 'Heladera 1 · 9,5 °C',
      tag: ALERT,
      path: `/alerts/${ALERT}`,
    },
  ]);

  await page.getByRole('button', { name: 'Dejar de recibirlos acá' }).click();
  await page.getByText('Este dispositivo todavía no recibe avisos.').waitFor();
  expect(await known(page)).toBe(0);
  await page.getByRole('button', { name: 'Recibir avisos acá' }).click();
  await page.getByText('Este dispositivo recibe los avisos.').waitFor();

  await page.getByRole('button', { name: 'Más', exact: true }).click();
  await page.getByRole('button', { name: 'Salir' }).click();
  await page.waitForURL('**/sign-in*');
  await signIn(page);
  await page.getByText('Este dispositivo todavía no recibe avisos.').waitFor();
  expect(await known(page)).toBe(0);
  expect(complaints.list).toEqual([]);
});

/** Hands a message to the service worker as the browser does; what it then shows. */
async function deliver(context: BrowserContext, page: Page, told: Record<string, string>) {
  const line = await context.newCDPSession(page);
  const registered = new Promise<string>((done) => {
    line.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first !== undefined) done(first.registrationId);
    });
  });
  await line.send('ServiceWorker.enable');
  await line.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(site.url).origin,
    registrationId: await registered,
    data: JSON.stringify(told),
  });
  const look = () =>
    page.evaluate(async () => {
      const worker = await navigator.serviceWorker.ready;
      const all = await worker.getNotifications();
      return all.map(({ title, body, tag, data }) => ({ title, body, tag, path: data.path }));
    });
  await eventually(async () => (await look()).length).toBe(1);
  return look();
}
