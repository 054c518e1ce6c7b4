/** Holds that the words about an option cover no option, wherever the list is. */
import { describe, expect, it } from 'vitest';
import { beside } from './beside';

const rect = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });
const SCREEN = rect(0, 0, 1440, 900);
const PHONE = rect(0, 0, 390, 844);
const INFO = rect(0, 0, 288, 60);

const place = (list: ReturnType<typeof rect>, space: ReturnType<typeof rect>) =>
  beside(undefined, list, rect(list.left, list.top + 40, list.right, list.top + 80), INFO, space);

describe('the words about an option', () => {
  it('stand on the side with room', () => {
    const right = place(rect(100, 200, 400, 400), SCREEN);
    expect(right).toEqual({ style: 'top: 40px', class: 'cm-completionInfo-right' });
    const left = place(rect(1040, 200, 1440, 400), SCREEN);
    expect(left.class).toBe('cm-completionInfo-left');
  });

  it('stand below or above where there is none', () => {
    expect(place(rect(30, 160, 380, 400), PHONE).style).toContain('top: calc(100%');
    expect(place(rect(30, 600, 380, 840), PHONE).style).toContain('bottom: calc(100%');
  });
});
