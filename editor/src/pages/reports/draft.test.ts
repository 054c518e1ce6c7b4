/** Holds what a report is asked for. */
import { describe, expect, it } from 'vitest';
import { askedOf, dayStart, reportDraft } from './draft';

const ZONE = 'America/Argentina/Buenos_Aires';
const NOW = Date.parse('2026-11-22T01:30:00Z');

describe('the cold-chain report', () => {
  it('is of the last week by the clock of the shop, with the last day whole', () => {
    const draft = reportDraft({ device: 'd', metric: 't', above: 8 }, NOW, ZONE);
    expect([draft.from, draft.to]).toEqual(['2026-11-14', '2026-11-21']);
    expect(askedOf(draft, ZONE)).toEqual({
      device: 'd',
      metric: 't',
      from: '2026-11-14T03:00:00.000Z',
      to: '2026-11-22T03:00:00.000Z',
      above: 8,
    });
    expect(askedOf({ ...draft, side: 'below', limit: 2 }, ZONE)).toMatchObject({ below: 2 });
  });

  it('knows days on which clocks change', () => {
    const zone = 'Europe/Madrid';
    expect(new Date(dayStart('2026-03-29', zone)).toISOString()).toBe('2026-03-28T23:00:00.000Z');
    expect(new Date(dayStart('2026-03-30', zone)).toISOString()).toBe('2026-03-29T22:00:00.000Z');
    expect(new Date(dayStart('2026-10-25', zone)).toISOString()).toBe('2026-10-24T22:00:00.000Z');
    expect(new Date(dayStart('2026-10-26', zone)).toISOString()).toBe('2026-10-25T23:00:00.000Z');
  });

  it('is asked for only when nothing is missing', () => {
    const draft = reportDraft({ device: 'd', metric: 't', below: 2 }, NOW, ZONE);
    expect(askedOf(draft, ZONE)).toMatchObject({ below: 2 });
    expect(askedOf({ ...draft, limit: undefined }, ZONE)).toBeUndefined();
    expect(askedOf({ ...draft, device: undefined }, ZONE)).toBeUndefined();
    expect(askedOf({ ...draft, from: '' }, ZONE)).toBeUndefined();
    expect(askedOf({ ...draft, from: '2026-12-01' }, ZONE)).toBeUndefined();
  });
});
