/** Holds the order of alerts and what is shown of an answer before the server has spoken. */
import { describe, expect, it } from 'vitest';
import type { AlertView } from '@/api/sensors';
import { answered } from './answers';
import { inOrder } from './order';

const alert = (part: Partial<AlertView>): AlertView => ({
  id: 'a',
  workflow_id: 'w',
  device_id: 'd',
  devices: [],
  level: 'warning',
  state: 'active',
  since: '2026-11-20T10:00:00Z',
  opened_at: '2026-11-20T10:00:00Z',
  ...part,
});

describe('alerts', () => {
  it('stand with what nobody looks after first, then the gravest, then the newest', () => {
    const all = [
      alert({ id: 'old', state: 'cleared', level: 'emergency', since: '2026-11-01T00:00:00Z' }),
      alert({ id: 'mine', state: 'acknowledged', level: 'emergency' }),
      alert({ id: 'mild' }),
      alert({ id: 'grave', level: 'critical' }),
      alert({ id: 'newer', since: '2026-11-20T11:00:00Z' }),
      alert({ id: 'new', state: 'cleared', level: 'info', since: '2026-11-19T00:00:00Z' }),
    ];
    expect(inOrder(all).map(({ id }) => id)).toEqual(['grave', 'newer', 'mild', 'mine', 'new', 'old']);
  });

  it('show an answer at once, but never call over what is still the case', () => {
    const now = Date.parse('2026-11-20T12:00:00Z');
    const open = alert({});
    expect(answered(open, { kind: 'acknowledge' }, now)).toMatchObject({ state: 'acknowledged' });
    expect(answered(open, { kind: 'snooze', minutes: 30 }, now)).toMatchObject({
      state: 'snoozed',
      snoozed_until: '2026-11-20T12:30:00.000Z',
    });
    expect(answered(open, { kind: 'solve', note: 'x' }, now)).toBe(open);
    expect(answered(alert({ state: 'latched' }), { kind: 'solve' }, now).state).toBe('cleared');
    expect(answered(open, { kind: 'note', note: 'x' }, now)).toBe(open);
  });
});
