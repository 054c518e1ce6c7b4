/** Holds what is said where notifications cannot be had. */
import { describe, expect, it } from 'vitest';
import { keyBytes, pushState, type Surroundings } from './push';

const GOOD: Surroundings = {
  secure: true,
  worker: true,
  push: true,
  ios: false,
  installed: false,
  permission: 'default',
  subscribed: false,
};

describe('notifications', () => {
  it.each<[Partial<Surroundings>, string]>([
    [{}, 'off'],
    [{ subscribed: true, permission: 'granted' }, 'on'],
    [{ permission: 'denied', subscribed: true }, 'denied'],
    [{ secure: false, worker: false, push: false }, 'insecure'],
    [{ ios: true, push: false }, 'ios_browser'],
    [{ ios: true, installed: true }, 'off'],
    [{ push: false }, 'unsupported'],
    [{ worker: false }, 'unsupported'],
  ])('with %j are %s', (part, state) => {
    expect(pushState({ ...GOOD, ...part })).toBe(state);
  });

  it('give the key as bytes, whatever its length', () => {
    expect([...keyBytes('-_8')]).toEqual([251, 255]);
    expect([...keyBytes('AQID')]).toEqual([1, 2, 3]);
  });
});
