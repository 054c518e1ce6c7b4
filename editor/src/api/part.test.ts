/** A part is waited for as long as the server is away, and the page is loaded anew when the part is gone for good. */
import { describe, expect, it, vi } from 'vitest';
import { type Around, part } from './part';

/** A server that is away so many times, and then there. */
function around(away: number, reload = true) {
  const did: string[] = [];
  const about: Around = {
    ask: async () => {
      away -= 1;
      return away >= 0;
    },
    back: async () => void did.push('back'),
    mend: async () => void did.push('mend'),
    reload: () => {
      did.push('reload');
      return reload;
    },
  };
  return { about, did };
}

/** Fails so many times, then gives. */
function failing(times: number) {
  return vi.fn(async () => {
    times -= 1;
    if (times >= 0) throw new TypeError('Failed to fetch dynamically imported module: x');
    return 'there';
  });
}

describe('a part', () => {
  it('that comes is given', async () => {
    const { about, did } = around(0);
    expect(await part(failing(0), about)).toBe('there');
    expect(did).toEqual([]);
  });

  it('is asked for again whenever the server is back', async () => {
    const { about, did } = around(3);
    expect(await part(failing(3), about)).toBe('there');
    expect(did).toEqual(['back', 'mend', 'back', 'mend', 'back', 'mend']);
  });

  it('is asked for twice before a server that answers is believed', async () => {
    const { about, did } = around(0);
    expect(await part(failing(1), about)).toBe('there');
    expect(did).toEqual(['mend']);
  });

  it('that is gone loads the page again', async () => {
    const { about, did } = around(1);
    const load = failing(9);
    void part(load, about);
    await vi.waitFor(() => expect(did).toEqual(['back', 'mend', 'mend', 'reload']));
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('that is still gone after that is refused', async () => {
    const { about } = around(0, false);
    await expect(part(failing(9), about)).rejects.toMatchObject({ kind: 'away' });
  });
});
