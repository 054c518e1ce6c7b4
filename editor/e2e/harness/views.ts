// Changes the view of the editor's page, as wide screens and phones do it. Knows the bar; never a view.
import type { Page } from 'playwright-core';

export async function seeView(page: Page, name: string): Promise<void> {
  const list = page.getByRole('combobox', { name: 'Vista' });
  const label = page.locator('header label', { hasText: new RegExp(`^${name}$`) });
  await list.or(label).waitFor();
  if (await label.isVisible()) await label.click();
  else await list.selectOption({ label: name });
}
