/** A tab keeps its name over a reload, and a duplicate gets another one. */
import { describe, expect, it } from 'vitest';
import { nameTab, type TabWorld } from './tab';

/** Tabs of one browser; `held` are the names somebody has. */
function tab(held: Set<string>, memory: { name?: string }, made: string): TabWorld {
  return {
    read: () => memory.name,
    write: (name) => {
      memory.name = name;
    },
    make: () => made,
    hold: async (name) => {
      if (held.has(name)) return false;
      held.add(name);
      return true;
    },
  };
}

describe('the name of a tab', () => {
  it('is made once, and kept over a reload', async () => {
    const held = new Set<string>();
    const memory = {};
    expect(await nameTab(tab(held, memory, 'a'))).toBe('a');
    // The page that goes lets go of it.
    held.clear();
    expect(await nameTab(tab(held, memory, 'b'))).toBe('a');
  });

  it('is another one in a duplicate, which keeps that', async () => {
    const held = new Set<string>();
    const memory = {};
    await nameTab(tab(held, memory, 'a'));
    const copy = { ...memory };
    expect(await nameTab(tab(held, copy, 'b'))).toBe('b');
    expect([...held]).toEqual(['a', 'b']);
    held.delete('b');
    expect(await nameTab(tab(held, copy, 'c'))).toBe('b');
  });
});
