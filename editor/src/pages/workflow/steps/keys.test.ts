import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands';
import { isKey, keyWords } from './keys';

const press = (key: string, held = '') => ({
  key,
  ctrlKey: held.includes('c'),
  metaKey: held.includes('m'),
  shiftKey: held.includes('s'),
  altKey: held.includes('a'),
});

describe('keys', () => {
  it('are told apart by what is held', () => {
    expect(isKey(press('d', 'c'), 'mod+d')).toBe(true);
    expect(isKey(press('d', 'm'), 'mod+d')).toBe(true);
    expect(isKey(press('d'), 'mod+d')).toBe(false);
    expect(isKey(press('Enter', 'cs'), 'mod+enter')).toBe(false);
    expect(isKey(press('Enter', 'cs'), 'mod+shift+enter')).toBe(true);
    expect(isKey(press('ArrowUp', 'a'), 'alt+arrowup')).toBe(true);
    expect(isKey(press(' '), 'space')).toBe(true);
  });

  it('that need Shift on some keyboards take it or leave it', () => {
    expect(isKey(press('+'), '+')).toBe(true);
    expect(isKey(press('+', 's'), '+')).toBe(true);
    expect(isKey(press('/', 'cs'), 'mod+/')).toBe(true);
    expect(isKey(press('+', 'c'), '+')).toBe(false);
  });

  it('are read as people know them', () => {
    expect(keyWords('mod+shift+enter')).toBe('Ctrl Shift ↵');
    expect(keyWords('+')).toBe('+');
    expect(keyWords('mod+/')).toBe('Ctrl /');
  });

  it('lead to one command each', () => {
    const all = COMMANDS.flatMap(({ keys }) => keys);
    expect(new Set(all).size).toBe(all.length);
  });
});
