/** Holds rules over the whole source that no type can: listed styles, short files, modules that say what they are. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '..');
const STYLES = join(SRC, '../node_modules/@mantine/core/styles');
const LINES_MAX = 300;

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sources(path) : [path];
  });
}

const files = sources(SRC)
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.gen.ts'))
  .map((path) => ({ name: relative(SRC, path), text: readFileSync(path, 'utf8') }));

describe('the source', () => {
  it('lists the style sheet of every Mantine component it uses', () => {
    const listed = readFileSync(join(SRC, 'app/mantine.css.ts'), 'utf8');
    const missing = new Set<string>();
    for (const { text } of files) {
      for (const [, names] of text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)) {
        for (const name of names?.split(',').map((each) => each.trim()) ?? []) {
          const sheet = join(STYLES, `${name}.layer.css`);
          if (existsSync(sheet) && !listed.includes(`/${name}.layer.css`)) missing.add(name);
        }
      }
    }
    expect([...missing]).toEqual([]);
  });

  it('has files that can be read at once', () => {
    const long = files.filter(
      ({ text, name }) => text.split('\n').length > LINES_MAX && !name.includes('.test'),
    );
    expect(long.map(({ name }) => name)).toEqual([]);
  });

  it('says at the top of each module what it is', () => {
    const silent = files.filter(
      ({ text, name }) => !name.includes('.test.') && !/^\s*(\/\*\*|\/\/)/.test(text),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('waits for the line with whatever it shows later', () => {
    // What `lazy` once was refused is refused for ever: `part` waits until it can be had.
    const bare = /\blazy(RouteComponent)?\((async )?\(\) =>(?=[^;]*?import\()(?![^;]*?\bpart\()/;
    const hasty = files.filter(({ text, name }) => !name.includes('.test') && bare.test(text));
    expect(hasty.map(({ name }) => name)).toEqual([]);
  });

  it('names no kind of node and no connector', () => {
    // Whoever adds a node or a connector must not have to touch the editor.
    const named = files.filter(
      ({ text, name }) =>
        !name.includes('.test') && /['"`](whatsapp|shopify|smtp|email\.send|http\.request)\b/.test(text),
    );
    expect(named.map(({ name }) => name)).toEqual([]);
  });

  it('asks nobody but its own server', () => {
    const outside = files.filter(({ text }) => /\b(fetch|WebSocket|import)\(\s*['"`]https?:/.test(text));
    expect(outside.map(({ name }) => name)).toEqual([]);
  });
});
