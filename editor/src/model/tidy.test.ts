import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PHRASES } from './phrase';

const folder = new URL('./', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const own = files.filter((name) => !name.endsWith('.test.ts') && !name.endsWith('.testing.ts'));

describe('the model', () => {
  it.each(own)('%s stays pure, short and documented', (name) => {
    const text = read(name);
    const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, from]) => from ?? '');
    expect(imports.filter((from) => !from.startsWith('./') && from !== 'yaml')).toEqual([]);
    expect(imports.filter((from) => from.includes('testing'))).toEqual([]);
    expect(text).not.toMatch(
      /\bnew Date|\bDate\.|Math\.random|\bfetch\(|\bwindow\.|\bcrypto\b|\bdocument\.(body|get|query|create)|localStorage|console\./,
    );
    expect(text.startsWith('/**\n')).toBe(true);
    expect(text.split('\n').length).toBeLessThanOrEqual(320);
  });

  it('says nothing that nobody says', () => {
    const text = own
      .filter((name) => name !== 'phrase.ts')
      .map(read)
      .join('\n');
    // Kinds and ways are made of the block's or way's own word.
    const made = (key: string) => key.startsWith('kind.') || key.startsWith('way.');
    expect(PHRASES.filter((key) => !made(key) && !text.includes(`'${key}'`))).toEqual([]);
  });
});
