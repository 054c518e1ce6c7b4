/** Holds what a report is asked for. */
import { describe, expect, it } from 'vitest';
import { askedOf, reportDraft } from './draft';

const NOW = new Date(2026, 10, 21, 15, 30);
const METRIC = { name: 't', max: 8, min: 2 };

describe('the cold-chain report', () => {
  it('is of the last week, with the last day whole and the bound of the metric', () => {
    const draft = reportDraft({ device: 'd', metric: 't' }, NOW);
    expect([draft.from, draft.to]).toEqual(['2026-11-14', '2026-11-21']);
    expect(askedOf(draft, METRIC)).toEqual({
      device: 'd',
      metric: 't',
      from: new Date(2026, 10, 14).toISOString(),
      to: new Date(2026, 10, 22).toISOString(),
      above: 8,
    });
    expect(askedOf({ ...draft, side: 'below' }, METRIC)).toMatchObject({ below: 2 });
    expect(askedOf({ ...draft, limit: 5 }, METRIC)).toMatchObject({ above: 5 });
  });

  it('is asked for only when nothing is missing', () => {
    const draft = reportDraft({ device: 'd', metric: 't' }, NOW);
    expect(askedOf(draft, { name: 't' })).toBeUndefined();
    expect(askedOf({ ...draft, device: undefined }, METRIC)).toBeUndefined();
    expect(askedOf({ ...draft, from: '' }, METRIC)).toBeUndefined();
    expect(askedOf({ ...draft, from: '2026-12-01' }, METRIC)).toBeUndefined();
  });
});
