/**
 * A message as its reader would see it: what it says, and what else it carries, by the schema of its parameters.
 *
 * Pure; knows widgets, never a kind of node.
 */
import type { Texts } from '@/api/catalog';
import { localText } from '@/i18n/local';
import { field, isArray, isObject, type Json, objectAt, textAt } from '@/model';

export interface Bubble {
  /** The line above the text, as letters have. */
  readonly subject: string | undefined;
  readonly text: string | undefined;
  /** What the vendor alone knows how to put into words: a template and its values. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

/** Where a message leaves from and goes to is not part of it. */
const ADDRESSES = new Set(['connection', 'contact']);

export function bubbleOf(
  params: Readonly<Record<string, Json>>,
  schema: Json | undefined,
  lang: keyof Texts,
): Bubble {
  let text: string | undefined;
  let html: string | undefined;
  const facts: { name: string; value: string }[] = [];
  const properties = objectAt(schema, 'properties');
  for (const [name, value] of Object.entries(params)) {
    const property = field(properties, name);
    const widget = textAt(property, 'x-widget') ?? '';
    const said = saying(value);
    if (ADDRESSES.has(widget) || said === undefined) continue;
    if (widget === 'textarea') text ??= said;
    else if (widget === 'html') html ??= said;
    else if (name !== 'subject')
      facts.push({ name: localText(field(property, 'x-titles'), lang) ?? name, value: said });
  }
  const shown = text ?? (html === undefined ? undefined : plain(html));
  // Beside its own words the rest of a message is settings; without them it is all there is.
  return {
    subject: saying(params.subject ?? null),
    text: shown,
    facts: shown === undefined ? facts : [],
  };
}

function saying(value: Json): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number') return String(value);
  const parts = isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  const said = parts.map(saying).filter((part) => part !== undefined);
  return said.length > 0 ? said.join(' · ') : undefined;
}

/** The words of a letter without its markup. */
function plain(html: string): string {
  return html
    .replace(/<(style|script)[\s\S]*?<\/\1>/gi, '')
    .replace(/<br\s*\/?>|<\/(p|div|h\d|li|tr)>/gi, '\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
