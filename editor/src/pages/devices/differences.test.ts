/** Holds what is called a difference between wanted and told settings. */
import { describe, expect, it } from 'vitest';
import { differencesOf } from './differences';

describe('desired and reported settings', () => {
  it('are compared by value, whatever their order', () => {
    const rows = differencesOf(
      { every: 60, led: { on: true, level: 3 } },
      { led: { level: 3, on: true }, every: 30 },
    );
    expect(rows.map(({ name, same }) => [name, same])).toEqual([
      ['every', false],
      ['led', true],
    ]);
  });

  it('differ while the device has not said anything, but not for what nobody asked for', () => {
    expect(differencesOf({ every: 60 }, undefined)).toEqual([
      { name: 'every', desired: '60', reported: undefined, same: false },
    ]);
    expect(differencesOf({}, { version: '1.2' })[0]?.same).toBe(true);
    expect(differencesOf({ name: '60' }, { name: 60 })[0]?.same).toBe(false);
  });
});
