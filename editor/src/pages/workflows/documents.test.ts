/** Holds new documents: copies keep everything but the name, templates can be read, files are told apart. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { emptyDocument, fileName, formatOf, renamed } from './documents';
import { TEMPLATES } from './templates';

describe('a new document', () => {
  it('is a copy with another name in each language, comments and all', async () => {
    const source = '# why\noperandi: 1\nname:\n  es: Uno # first\n  en: One\nsteps: []\n';
    const copy = await renamed(source, '(copia)');
    expect(copy).toContain('# why');
    expect(parse(copy)).toEqual({ operandi: 1, name: { es: 'Uno (copia)', en: 'One (copia)' }, steps: [] });
    expect(parse(await renamed('name: Uno\nsteps: []\n', '(copia)'))).toMatchObject({ name: 'Uno (copia)' });
  });

  it('is empty but for its name', () => {
    expect(JSON.parse(emptyDocument('Gracias'))).toEqual({
      operandi: 1,
      name: 'Gracias',
      steps: [],
    });
  });

  it('comes as JSON or YAML and leaves under a plain name', () => {
    expect([formatOf(' {"a":1}'), formatOf('a: 1')]).toEqual(['json', 'yaml']);
    expect(fileName('Recuperar carritos ¡ya! ñandú')).toBe('recuperar-carritos-ya-nandu.yaml');
    expect(fileName('¿?')).toBe('workflow.yaml');
  });

  it('may be any of the templates, each with a name in every language', () => {
    expect(TEMPLATES.length).toBeGreaterThan(0);
    for (const template of TEMPLATES) {
      expect(template.name, template.id).toMatchObject({
        es: expect.any(String),
        en: expect.any(String),
        pt: expect.any(String),
      });
    }
  });
});
