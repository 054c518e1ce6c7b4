/** Prices of messages as people write them. Pure. */

/** A price: digits, and a part after a point or a comma. */
const PRICE = /^\d{1,9}(?:[.,]\d{1,6})?$/;

/** As it is stored, with a point; empty for none, `undefined` when it is no price. */
export function priceOf(text: string): string | undefined {
  const plain = text.trim();
  if (plain === '') return '';
  return PRICE.test(plain) ? plain.replace(',', '.') : undefined;
}

/** The channels by which nodes write to people: the first word of the kinds that send. */
export function channelsOf(nodes: Readonly<Record<string, { readonly sends?: boolean }>>): string[] {
  const kinds = Object.entries(nodes).filter(([, node]) => node.sends === true);
  return [...new Set(kinds.map(([kind]) => kind.split('.')[0] ?? kind))].sort();
}
