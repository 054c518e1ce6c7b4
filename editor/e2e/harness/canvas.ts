// The canvas and the outline in the hands of a story: cards and rows by their keys, drafts to begin with, and what
// the server has of them. Knows `data-stop` and the document; never how a card looks.
import type { Locator, Page } from 'playwright-core';
import type { Shop } from './workflow';

/** A draft with nothing in it. */
export const blank = (shop: Shop) => shop.draft({ operandi: 1, name: 'Recuperar carritos', steps: [] });

/** Three steps and a condition with one of them in it. */
export const small = (shop: Shop) =>
  shop.draft({
    operandi: 1,
    name: { es: 'Gracias', en: 'Thanks', pt: 'Obrigado' },
    trigger: { event: 'order.created', key: 'event.order_id' },
    steps: [
      { id: 'pause', wait: { for: '1h' } },
      {
        id: 'big',
        if: 'event.total > 1.0',
        // biome-ignore lint/suspicious/noThenProperty: a document's word; nobody awaits a step.
        then: [{ id: 'tell', action: 'log', with: { message: 'Hola' } }],
      },
      { id: 'sum', script: '1 + 1' },
    ],
  });

/** A card, a row or an empty way. */
export function card(page: Page, key: string): Locator {
  return page.locator(`[data-stop="${key}"]`);
}

/** Where the keyboard stands. */
export function focused(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.getAttribute('data-stop') ?? null);
}

/** A dialog is there and has taken the focus. */
export async function asked(page: Page): Promise<void> {
  await page.locator('[role=dialog] :is(input, textarea):focus').waitFor();
}

/** The panel is there and has taken the focus. */
export async function entered(page: Page): Promise<void> {
  await page.locator('[data-panel] :focus').waitFor({ state: 'attached' });
}

/** The structure of the stored draft: what each step is and what is inside. */
export async function shape(shop: Shop, id: string): Promise<unknown> {
  const { document } = await shop.read(id);
  const steps = (list: unknown): unknown[] =>
    (Array.isArray(list) ? list : []).map((step: Record<string, unknown>) => {
      if ('if' in step) return { if: steps(step.then), else: steps(step.else) };
      return step.action ?? step.id;
    });
  return steps(document.steps);
}

/** With the mouse, to a place that says that it would take what is dragged. Both stand still before they are aimed at. */
export async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  await from.hover({ position: { x: 40, y: 12 } });
  const held = await from.boundingBox();
  if (!held) throw new Error('nothing to drag');
  await page.mouse.down();
  await page.mouse.move(held.x + 60, held.y + 32, { steps: 4 });
  await to.hover();
  await to.and(page.locator('[data-over]')).waitFor();
  await page.mouse.up();
}
