// What stories about the editor's page begin with: a workflow on the server, somebody signed in, the page open.
// Knows the API and the sign-in; never a card.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Complaints, openPage, type Screen } from './browser';
import type { Server } from './server';
import type { Site } from './site';

export interface Stored {
  rev: number;
  document: { steps: Record<string, unknown>[]; [field: string]: unknown };
}

export class Shop {
  constructor(
    readonly server: Server,
    readonly site: Site,
    readonly browser: Browser,
  ) {}

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const answer = await fetch(`${this.server.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.server.account.key}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Stores a draft as it is, with whatever problems it has. */
  async draft(document: unknown): Promise<string> {
    return (await this.call<{ id: string }>('POST', '/workflows?allow_problems=true', document)).id;
  }

  read(id: string): Promise<Stored> {
    return this.call('GET', `/workflows/${id}`);
  }

  /** A browser of its own in which somebody is signed in. */
  async enter(size: Screen = { width: 1440, height: 900 }): Promise<{
    context: BrowserContext;
    page: Page;
    complaints: Complaints;
  }> {
    const opened = await openPage(this.browser, this.site.url, size);
    await opened.context.addInitScript(() => localStorage.setItem('operandi.language', 'es'));
    const { page } = opened;
    await page.goto('/sign-in');
    await page.fill('input[name=email]', this.server.account.email);
    await page.fill('input[name=password]', this.server.account.password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/workflows');
    // What asked for the password stands until its successor has come.
    await page.locator('#content h1').waitFor();
    return opened;
  }
}
