/**
 * Texts that data brings along in several languages, such as a workflow's name or a node's title.
 *
 * Knows the shape `{ es, en, pt }`; never what the text is of.
 */
import { LANGUAGES, type Lang } from './languages';

/** The text in `lang`, else in any language; plain text is itself. `undefined` when there is none. */
export function localText(value: unknown, lang: Lang): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (value === null || typeof value !== 'object') return undefined;
  const texts = value as Partial<Record<string, unknown>>;
  for (const candidate of [lang, ...LANGUAGES]) {
    const text = texts[candidate];
    if (typeof text === 'string' && text !== '') return text;
  }
  return undefined;
}
