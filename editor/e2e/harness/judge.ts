// What must be true of every page as it stands, with a picture of it. Knows rules; never a page.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { picture, smallTargets, violations } from './browser';

/** axe finds nothing, every target can be hit, nothing scrolls sideways. */
export async function judged(page: Page, name: string): Promise<void> {
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
