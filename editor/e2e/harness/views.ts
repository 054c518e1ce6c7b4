// Changes the view of the editor's page, as wide screens and phones do it. Knows the bar; never a view.
import type { Page } from 'playwright-core';

export async function seeView(page: Page, name: string): Promise<void> {
  await page.locator('h1').waitFor();
  const list = page.getByRole('combobox', { name: 'Vista' });
  if ((await list.count()) > 0) await list.selectOption({ label: name });
  else await page.locator('label', { hasText: new RegExp(`^${name}$`) }).click();
}
