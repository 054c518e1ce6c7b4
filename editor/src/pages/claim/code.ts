/** The code that a link carries behind its `#`, where browsers keep it to themselves. Knows letters; no page. */

/** Without what can be mistaken for another; the server's alphabet. */
const CODE = /^[ABCDEFGHJKMNPQRSTUVWXYZ23456789]{8}$/;

/** The code as it was meant, whatever its case and with or without its dash; `undefined` when it is none. */
export function codeOf(hash: string): string | undefined {
  const letters = hash.replace(/^#/, '').replace(/[-\s]/g, '').toUpperCase();
  return CODE.test(letters) ? `${letters.slice(0, 4)}-${letters.slice(4)}` : undefined;
}
