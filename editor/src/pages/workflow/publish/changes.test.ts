/** Holds what a difference is called and how the cards are marked. */
import { describe, expect, it } from 'vitest';
import { type Catalog, type Document, diff } from '@/model';
import { changeMarks, fieldWords, shownValue } from './changes';

const LIVE: Document = {
  operandi: 1,
  name: 'Carts',
  steps: [
    { id: 'wait', wait: { for: '1h' } },
    { id: 'ring', action: 'bell.ring', with: { tone: 'low' } },
    { id: 'bye', stop: 'done' },
  ],
};
const DRAFT: Document = {
  operandi: 1,
  name: 'Carts',
  steps: [
    { id: 'bye', stop: 'done' },
    { id: 'wait', wait: { for: '2h' }, enabled: false },
    { id: 'ring', action: 'bell.ring', with: { tone: 'high' } },
    // biome-ignore lint/suspicious/noThenProperty: a way of a block
    { id: 'test', if: 'true', then: [{ id: 'inner', stop: 'x' }] },
  ],
};
const CATALOG: Catalog = {
  nodes: {
    'bell.ring': {
      kind: 'bell.ring',
      title: { es: '', en: '', pt: '' },
      summary: { es: '', en: '', pt: '' },
      params: { properties: { tone: { 'x-titles': { es: 'Tono' } } } },
      output: true,
      sends: false,
      promise: 'pure',
      refusals: [],
    },
  },
  events: {},
  connectors: {},
  contact: true,
  org: true,
};
const WORDS = {
  local: (texts: unknown) => (texts as { es?: string } | undefined)?.es,
  known: (name: string) => (name === 'for' ? 'duración' : name),
};

const differences = diff(LIVE, DRAFT);
const fieldOf = (difference: (typeof differences)[number]) =>
  fieldWords(difference, [DRAFT, LIVE], CATALOG, WORDS);

describe('what would be published', () => {
  it('is called by the node’s own words, else by ours', () => {
    const named = differences.filter(({ kind }) => kind === 'changed').map(fieldOf);
    expect(named).toContain('Tono');
    expect(named).toContain('wait › duración');
  });

  it('is marked on the cards, on those inside of others, too', () => {
    const marks = changeMarks(LIVE, DRAFT, differences, fieldOf, {
      added: 'new',
      moved: 'moved',
      off: 'off',
      on: 'on',
      changed: (fields) => fields.join(),
    });
    const said = Object.fromEntries([...marks].map(([key, chips]) => [key, chips.map(({ words }) => words)]));
    expect(said).toEqual({
      test: ['new'],
      inner: ['new'],
      bye: ['moved'],
      wait: ['off', 'wait › duración'],
      ring: ['Tono'],
    });
  });

  it('shows values in short', () => {
    expect(shownValue({ a: 1 })).toBe('{"a":1}');
    expect(shownValue('x'.repeat(200))).toHaveLength(80);
    expect(shownValue('')).toBeUndefined();
  });
});
