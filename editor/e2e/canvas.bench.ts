// How smooth the canvas is: frames while a flow of 500 steps is moved and scaled, and how soon 1,000 stand there, each
// beside a flow of 5 in the same run. It measures and tells; machines differ too much for it to judge.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { launch, picture } from './harness/browser';
import { long } from './harness/long';
import { startServer } from './harness/server';
import { openSite } from './harness/site';
import { Shop } from './harness/workflow';

const FRAMES = 240;
/** Whatever else the machine does only makes things longer, so the best of some rounds counts. */
const ROUNDS = 3;
const FEW = 5;
const MANY = 500;
const MOST = 1000;

let shop: Shop;

beforeAll(async () => {
  const server = await startServer();
  shop = new Shop(server, await openSite(server.url), await launch());
});

afterAll(async () => {
  await shop?.browser.close();
  await shop?.site.stop();
  await shop?.server.stop();
});

/** One turn of the wheel per frame; gives the frames' lengths in milliseconds. */
function roll(page: Page, turns: 'down' | 'up' | 'out' | 'in', pixels: number): Promise<number[]> {
  return page.evaluate(
    ({ turns, pixels, frames }) =>
      new Promise<number[]>((done) => {
        const pane = document.querySelector('.react-flow__pane');
        const lengths: number[] = [];
        let last = performance.now();
        let left = frames;
        const next = (now: number) => {
          lengths.push(now - last);
          last = now;
          const sign = turns === 'in' || turns === 'up' ? -1 : 1;
          pane?.dispatchEvent(
            new WheelEvent('wheel', {
              deltaY: sign * pixels,
              ctrlKey: turns === 'in' || turns === 'out',
              clientX: 800,
              clientY: 450,
              bubbles: true,
              cancelable: true,
            }),
          );
          left -= 1;
          if (left > 0) requestAnimationFrame(next);
          else done(lengths.slice(1));
        };
        requestAnimationFrame(next);
      }),
    { turns, pixels, frames: FRAMES },
  );
}

function p95(lengths: readonly number[]): number {
  return lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length * 0.95)] ?? 0;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The milliseconds the page's thread has computed so far, without those it waited for a processor. */
async function meterOf(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
  };
}

interface Smoothness {
  /** The 95th percentile of the frames, in milliseconds. */
  frame: number;
  /** What the page's thread computes per frame, in milliseconds. */
  work: number;
}

const MOVES = [
  ['down at full size', 'down', 60],
  ['out', 'out', 5],
  ['up from afar', 'up', 30],
  ['in', 'in', 5],
] as const;

async function smoothness(count: number): Promise<Record<string, Smoothness>> {
  const id = await shop.draft(long(count));
  const { context, page } = await shop.enter();
  await page.goto(`/workflows/${id}`);
  await page.locator('[data-stop="s_1"]').waitFor();
  await page.waitForTimeout(1000);
  const meter = await meterOf(page);
  const found: Record<string, Smoothness> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, turns, pixels] of MOVES) {
      const before = await meter();
      const lengths = await roll(page, turns, pixels);
      const work = ((await meter()) - before) / lengths.length;
      const best = found[name] ?? { frame: Number.POSITIVE_INFINITY, work: Number.POSITIVE_INFINITY };
      found[name] = { frame: Math.min(p95(lengths), best.frame), work: Math.min(work, best.work) };
      if (round === 0 && count === MANY) await picture(page, `speed-${name.replaceAll(' ', '-')}`);
    }
  }
  await context.close();
  return found;
}

it('is moved and scaled', async () => {
  const [few, many] = [await smoothness(FEW), await smoothness(MANY)];
  for (const [name, { frame, work }] of Object.entries(many)) {
    const base = few[name] ?? { frame, work };
    console.log(
      `| ${name}: p95 frame of ${MANY} steps, of ${FEW}, ratio | ${rounded(frame)} ms | ${rounded(base.frame)} ms | ${rounded(frame / base.frame)} |`,
    );
    console.log(
      `| ${name}: work per frame | ${rounded(work)} ms | ${rounded(base.work)} ms | ${rounded(work / base.work)} |`,
    );
  }
});

/** From the press on its name in the list until its first cards are there, in milliseconds. */
async function opening(count: number): Promise<number> {
  const name = `Con ${count} pasos`;
  await shop.draft({ ...long(count), name });
  const { context, page } = await shop.enter();
  const lengths: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.getByRole('link', { name }).waitFor();
    const length = await page.evaluate(
      (wanted) =>
        new Promise<number>((done) => {
          const link = [...document.querySelectorAll('a')].find((each) => each.textContent === wanted);
          const began = performance.now();
          const look = () =>
            document.querySelector('[data-stop="s_4"]')
              ? done(performance.now() - began)
              : requestAnimationFrame(look);
          link?.click();
          look();
        }),
      name,
    );
    lengths.push(length);
    await page.goBack();
  }
  await context.close();
  return Math.min(...lengths);
}

it('is opened', async () => {
  const [few, most] = [await opening(FEW), await opening(MOST)];
  console.log(
    `| opening ${MOST} steps, ${FEW}, ratio | ${rounded(most)} ms | ${rounded(few)} ms | ${rounded(most / few)} |`,
  );
});
