/**
 * Holds the translations together: every text in every language, none missing, none left over, none in the code.
 *
 * Reads the source as TypeScript does; `model.json` also has the phrases the model lists.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from './languages';

const SRC = join(import.meta.dirname, '..');
const PLURAL = /_(zero|one|two|few|many|other)$/;
/** What people read in an element's attributes. */
const SPOKEN = new Set([
  'label',
  'title',
  'placeholder',
  'description',
  'alt',
  'aria-label',
  'lead',
  'action',
  'error',
]);

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, before = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(before + key, value);
    else for (const entry of flat(value, `${before}${key}.`)) all.set(...entry);
  }
  return all;
}

function read(lang: string, namespace: string): Map<string, string> {
  return flat(JSON.parse(readFileSync(join(SRC, 'i18n', lang, `${namespace}.json`), 'utf8')) as Tree);
}

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) && !/\.(test|testing|gen|d)\.tsx?$/.test(name) ? [path] : [];
  });
}

/** Read as a whole, by the names of a schema; a browser story holds them to it. */
const BY_SCHEMA = new Set(['document']);

const NAMESPACES = readdirSync(join(SRC, 'i18n', 'es')).map((file) => file.replace('.json', ''));
const FILES = sources(SRC).map((path) => ({
  name: relative(SRC, path),
  text: readFileSync(path, 'utf8'),
  tree: ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true),
}));

/** Every string of a file, and the fixed beginnings of those with a hole. */
function strings(tree: ts.SourceFile): { whole: Set<string>; beginnings: string[] } {
  const whole = new Set<string>();
  const beginnings: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) whole.add(node.text);
    if (ts.isTemplateExpression(node)) beginnings.push(node.head.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { whole, beginnings };
}

const SAID = FILES.map((file) => ({ ...file, ...strings(file.tree) }));

/** The placeholders of a text, in an order that does not depend on the language. */
function holes(text: string): string {
  return [...text.matchAll(/\{\{\s*([\w.]+)\s*\}\}/g)]
    .map(([, name]) => name)
    .toSorted()
    .join(' ');
}

describe.each(NAMESPACES)('the texts of %s', (namespace) => {
  const texts = Object.fromEntries(LANGUAGES.map((lang) => [lang, read(lang, namespace)]));
  const plain = (lang: string) =>
    [...new Set([...(texts[lang]?.keys() ?? [])].map((key) => key.replace(PLURAL, '')))].toSorted();

  it('are the same in every language', () => {
    for (const lang of LANGUAGES) expect(plain(lang), lang).toEqual(plain('es'));
  });

  it('have every plural form of their language', () => {
    for (const lang of LANGUAGES) {
      const forms = new Intl.PluralRules(lang).resolvedOptions().pluralCategories.toSorted();
      const found = new Map<string, string[]>();
      for (const key of texts[lang]?.keys() ?? []) {
        const form = PLURAL.exec(key)?.[1];
        const base = key.replace(PLURAL, '');
        if (form !== undefined) found.set(base, [...(found.get(base) ?? []), form]);
      }
      for (const [base, each] of found) expect(each.toSorted(), `${lang} ${base}`).toEqual(forms);
    }
  });

  it('are not empty, and name the same values', () => {
    for (const lang of LANGUAGES) {
      for (const [key, text] of texts[lang] ?? []) {
        expect(text.trim(), `${lang} ${key}`).not.toBe('');
        const spanish = texts.es?.get(key);
        if (spanish !== undefined) expect(holes(text), `${lang} ${key}`).toBe(holes(spanish));
      }
    }
  });

  // Those of the schema are held to its words elsewhere.
  if (BY_SCHEMA.has(namespace)) return;
  it('are all used', () => {
    const unused = plain('es').filter(
      (key) =>
        !SAID.some(
          ({ whole, beginnings }) =>
            whole.has(key) ||
            whole.has(`${namespace}:${key}`) ||
            beginnings.some((head) => {
              const start = head.replace(`${namespace}:`, '');
              return start.endsWith('.') && key.startsWith(start);
            }),
        ),
    );
    expect(unused).toEqual([]);
  });
});

describe('the source', () => {
  it('asks for no text that is missing', () => {
    const known = new Set(
      NAMESPACES.flatMap((namespace) =>
        [...read('es', namespace).keys()].flatMap((key) => {
          const base = key.replace(PLURAL, '');
          return [base, `${namespace}:${base}`];
        }),
      ),
    );
    const missing: string[] = [];
    for (const { name, tree } of FILES) {
      const visit = (node: ts.Node): void => {
        if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 't') {
          const key = node.arguments[0];
          if (key !== undefined && ts.isStringLiteralLike(key) && !known.has(key.text)) {
            missing.push(`${name}: ${key.text}`);
          }
        }
        ts.forEachChild(node, visit);
      };
      visit(tree);
    }
    expect(missing).toEqual([]);
  });

  it('holds no text of its own', () => {
    const found: string[] = [];
    const letters = /\p{L}{2}/u;
    for (const { name, tree } of FILES) {
      const visit = (node: ts.Node): void => {
        if (ts.isJsxText(node) && letters.test(node.text)) found.push(`${name}: ${node.text.trim()}`);
        if (ts.isJsxAttribute(node) && SPOKEN.has(node.name.getText())) {
          const value = node.initializer;
          if (value !== undefined && ts.isStringLiteral(value) && letters.test(value.text)) {
            found.push(`${name}: ${node.getText()}`);
          }
        }
        ts.forEachChild(node, visit);
      };
      visit(tree);
    }
    expect(found).toEqual([]);
  });
});
