// A Chromium, its pages, and everything they complain about. Knows the browser; never a page of ours.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** How many times slower than this machine every page is, as on the machines of others: E2E_SLOW=4 finds races. */
const SLOW = Number(process.env.E2E_SLOW ?? 1);
const ARTEFACTS = resolve(import.meta.dirname, '../artefacts');

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** What a page complained about: console errors, uncaught ones, policy violations, requests that left the origin. */
export interface Complaints {
  list: string[];
}

export interface Screen {
  width: number;
  height: number;
  /** Whether people point with fingers. */
  touch?: boolean;
  /** Whether the app's service worker may run. */
  workers?: boolean;
}

export async function openPage(
  browser: Browser,
  url: string,
  { touch = false, workers = false, ...size }: Screen,
): Promise<{ context: BrowserContext; page: Page; complaints: Complaints }> {
  // axe is put into the page by the test, which the page's own policy would forbid; violations are still counted.
  const context = await browser.newContext({
    viewport: size,
    baseURL: url,
    reducedMotion: 'reduce',
    hasTouch: touch,
    // What a service worker answers, stories that cut the line would not see.
    serviceWorkers: workers ? 'allow' : 'block',
    isMobile: touch,
  });
  // A story that fails leaves no page behind that works on beside the next.
  onTestFinished(() => context.close());
  const page = await context.newPage();
  if (SLOW > 1) {
    const line = await context.newCDPSession(page);
    await line.send('Emulation.setCPUThrottlingRate', { rate: SLOW });
  }
  const complaints: Complaints = { list: [] };
  const origin = new URL(url).origin;
  page.on('console', (message) => {
    // Answers that are refusals are part of some stories; they are checked by what the page shows.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.list.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.list.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const to = request.url();
    if (!to.startsWith(origin) && !/^(data|blob):/.test(to)) complaints.list.push(`left the origin: ${to}`);
  });
  return { context, page, complaints };
}

interface Violation {
  id: string;
  help: string;
  nodes: Array<{ html: string; failureSummary?: string }>;
}

/** Everything axe finds on the page as it stands. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated through the debugger, so the page's policy does not forbid it.
  await page.evaluate(`if (!window.axe) { ${SOURCE} }`);
  // A menu or list that is open hangs outside of all landmarks, as its pattern wants it.
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then((result) => result.violations.map((one) => ({ ...one, nodes: one.nodes.filter((node) =>
        one.id !== 'region' || !document.querySelector(node.target[0])?.closest('[role=menu], [role=listbox]')) })))`,
  )) as Violation[];
  return found.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help} | ${plain(node)}`));
}

/** Without the parts that differ from page to page, so that one fault is told once. */
function plain(node: Violation['nodes'][number]): string {
  const html = node.html.replace(/ (id|aria-labelledby|aria-controls|href|style)="[^"]*"/g, '').slice(0, 200);
  return `${html} | ${node.failureSummary?.replace(/\s+/g, ' ') ?? ''}`;
}

/** Controls smaller than 24 by 24 pixels that can be touched, but for links inside sentences. */
export async function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const controls = document.querySelectorAll<HTMLElement>(
      'a[href], button, input, select, textarea, summary, [role="button"], [role="tab"]',
    );
    return [...controls].flatMap((control) => {
      const style = getComputedStyle(control);
      const box = control.getBoundingClientRect();
      if (box.width === 0 || box.height === 0 || style.visibility === 'hidden' || style.clipPath !== 'none')
        return [];
      if (control.closest('[aria-hidden="true"]') || style.opacity === '0') return [];
      const inline = control.tagName === 'A' && style.display === 'inline';
      const hidden = control.tagName === 'INPUT' && (box.width <= 1 || box.height <= 1);
      const skip = control.getBoundingClientRect().bottom <= 0;
      if (inline || hidden || skip || (box.width >= 24 && box.height >= 24)) return [];
      return [`${Math.round(box.width)}×${Math.round(box.height)} ${control.outerHTML.slice(0, 140)}`];
    });
  });
}

export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage: false });
}
