/**
 * The nonce that lets the style elements of our libraries through the content security policy.
 *
 * Mantine takes it as a function, CodeMirror as `EditorView.cspNonce`, react-remove-scroll (inside Mantine's
 * modals) from the global that webpack made a habit of. Knows no style.
 */
const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');
// Browsers hide the attribute and keep the property.
const nonce = meta?.nonce || meta?.getAttribute('nonce') || '';

Object.assign(globalThis, { __webpack_nonce__: nonce });

export function styleNonce(): string {
  return nonce;
}
