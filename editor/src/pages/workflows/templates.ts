/**
 * The template workflows that come with this build. The files of `workflows/` are the only place they are described.
 *
 * Knows folders and headers of documents; never their steps.
 */
import { parse } from 'yaml';

export interface Template {
  /** `online-shop/cart-recovery` */
  id: string;
  /** The folder: the kind of business it was written for. */
  folder: string;
  name: unknown;
  summary: unknown;
  source: string;
}

const files = import.meta.glob<string>('../../../../workflows/*/*.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export function readTemplate(path: string, source: string): Template {
  const id = path.replace(/^.*\/workflows\//, '').replace(/\.yaml$/, '');
  const head = parse(source) as { name?: unknown; description?: unknown };
  return {
    id,
    folder: id.split('/')[0] ?? id,
    name: head.name ?? id,
    summary: head.description,
    source,
  };
}

export const TEMPLATES: readonly Template[] = Object.entries(files).map(([path, source]) =>
  readTemplate(path, source),
);
