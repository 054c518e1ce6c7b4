/**
 * New documents: an empty one, a renamed copy, a template, and what a file or a pasted text holds.
 *
 * Pure; knows that a document has a name and a text, and nothing of its steps.
 */
import type { Format } from '@/api/workflows';

/** The smallest document that can be stored: the editor asks for the rest. */
export function emptyDocument(name: string): string {
  return JSON.stringify({ operandi: 1, name, steps: [] }, null, 2);
}

/** The same document, its name followed by a word such as "(copy)", in each language it has. */
export async function renamed(source: string, suffix: string): Promise<string> {
  const { isMap, isScalar, parseDocument } = await import('yaml');
  const document = parseDocument(source);
  const name = document.get('name');
  if (isMap(name)) {
    for (const pair of name.items) {
      if (isScalar(pair.value)) pair.value.value = `${String(pair.value.value)} ${suffix}`;
    }
  } else if (name !== undefined && name !== null) {
    document.set('name', `${String(name)} ${suffix}`);
  }
  return document.toString({ lineWidth: 0 });
}

/** JSON when it is JSON, else YAML. */
export function formatOf(text: string): Format {
  return text.trimStart().startsWith('{') ? 'json' : 'yaml';
}

/** A file name that every system takes. */
export function fileName(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return `${plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'workflow'}.yaml`;
}
