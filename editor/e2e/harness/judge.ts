// What must be true of every page as it stands, with a picture of it. Knows rules; never a page.
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { picture, smallTargets, violations } from './browser';

/** The page has its name, and nothing of it is on its way. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector('h1') !== null &&
      / · operandi$/.test(document.title) &&
      document.querySelector('[aria-busy="true"], .mantine-Skeleton-root') === null,
  );
  await page.evaluate(() => document.fonts.ready);
}

/** axe finds nothing, every target can be hit, nothing scrolls sideways. */
export async function judged(page: Page, name: string): Promise<void> {
  await settled(page);
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(await violations(page), name).toEqual([]);
  expect.soft(await smallTargets(page), name).toEqual([]);
  expect.soft(sideways, name).toBe(0);
  await picture(page, name);
}

/** What is shown or stored comes to be so. */
export function eventually<T>(look: () => T) {
  return expect.poll(look, { timeout: 12_000 });
}

/** Everything is at the server. */
export async function saved(page: Page): Promise<void> {
  await page.locator('[role=status]', { hasText: 'Guardado' }).first().waitFor();
}

/** The page at night, when the colours have settled. */
export async function atNight(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForFunction(
    () =>
      document.documentElement.dataset.mantineColorScheme === 'dark' &&
      document
        .getAnimations()
        .every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity),
  );
}

/** The code editor's `interactionDelay`: a list that has just opened takes no key, so that nobody takes it by mistake. */
const UNTAKEN_MS = 75;

/** The list of what could be written is open, and takes keys. */
export async function offered(page: Page, words = ''): Promise<void> {
  await page.locator('.cm-tooltip-autocomplete li', { hasText: words }).first().waitFor();
  await still(page.locator('.cm-tooltip-autocomplete'), 2 * UNTAKEN_MS);
}

/** Nothing of it has changed for so long. */
async function still(place: Locator, ms: number): Promise<void> {
  await place.waitFor();
  await place.evaluate(
    (element, quiet) =>
      new Promise<void>((done) => {
        let timer = setTimeout(done, quiet);
        const watch = new MutationObserver(() => {
          clearTimeout(timer);
          timer = setTimeout(done, quiet);
        });
        watch.observe(element, { subtree: true, childList: true, attributes: true, characterData: true });
      }),
    ms,
  );
}
