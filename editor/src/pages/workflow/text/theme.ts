/** How code looks here: our colours in both schemes, as variables of the page. Knows CodeMirror; never a notation. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const look = EditorView.theme({
  '&': {
    height: '100%',
    backgroundColor: 'var(--op-surface)',
    color: 'var(--op-ink)',
    fontSize: '0.84375rem',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--mantine-font-family-monospace)',
    lineHeight: '1.65',
  },
  '.cm-content': { padding: '0.75rem 0', caretColor: 'var(--op-ink)' },
  '.cm-line': { padding: '0 1rem 0 0.5rem' },
  '.cm-cursor': { borderLeftColor: 'var(--op-ink)', borderLeftWidth: '2px' },
  '.cm-gutters': {
    backgroundColor: 'var(--op-surface)',
    color: 'var(--op-ink-soft)',
    border: 'none',
    paddingLeft: '0.375rem',
  },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '2.25rem' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--op-sunk)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--op-brand-soft) !important',
  },
  '.cm-foldGutter span': { color: 'var(--op-ink-soft)' },
  '.cm-foldPlaceholder': {
    border: 'none',
    padding: '0 0.375rem',
    backgroundColor: 'var(--op-sunk)',
    color: 'var(--op-ink-soft)',
  },
  '.cm-tooltip': {
    maxWidth: 'min(30rem, 90vw)',
    border: '1px solid var(--op-line-strong)',
    borderRadius: '8px',
    backgroundColor: 'var(--op-surface)',
    color: 'var(--op-ink)',
    boxShadow: '0 6px 24px rgb(0 0 0 / 14%)',
    overflow: 'hidden',
  },
  // The help of what is offered hangs beside the list, inside of it.
  '.cm-tooltip.cm-tooltip-autocomplete': { overflow: 'visible' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    borderRadius: '8px',
    fontFamily: 'var(--mantine-font-family-monospace)',
    maxHeight: '16rem',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    gap: '1rem',
    justifyContent: 'space-between',
    padding: '0.25rem 0.625rem',
    lineHeight: '1.5',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--op-brand-soft)',
    color: 'var(--op-ink)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--op-brand)' },
  '.cm-completionDetail': {
    fontFamily: 'var(--mantine-font-family)',
    fontStyle: 'normal',
    color: 'var(--op-ink-soft)',
  },
  '.cm-tooltip .cm-completionInfo, .cm-help': {
    padding: '0.5rem 0.75rem',
    fontFamily: 'var(--mantine-font-family)',
    fontSize: '0.8125rem',
    lineHeight: '1.5',
  },
  '.cm-diagnostic': { padding: '0.5rem 0.75rem', fontFamily: 'var(--mantine-font-family)' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--op-bad)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--op-wait)' },
  '.cm-lintRange': { backgroundImage: 'none', textDecorationSkipInk: 'none' },
  '.cm-lintRange-error': { textDecoration: 'underline wavy var(--op-bad) 1px', textUnderlineOffset: '4px' },
  '.cm-lintRange-warning': {
    textDecoration: 'underline wavy var(--op-wait) 1px',
    textUnderlineOffset: '4px',
  },
  '.cm-panels': {
    backgroundColor: 'var(--op-sunk)',
    color: 'var(--op-ink)',
    borderColor: 'var(--op-line)',
    fontFamily: 'var(--mantine-font-family)',
  },
  '.cm-panel.cm-search': {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '0.375rem',
    padding: '0.5rem 2.75rem 0.5rem 0.75rem',
    fontSize: '0.8125rem',
  },
  '.cm-panel.cm-search br': { flexBasis: '100%', height: '0' },
  '.cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label': { margin: '0' },
  '.cm-panel.cm-search label': { display: 'inline-flex', alignItems: 'center', gap: '0.25rem' },
  '.cm-panel.cm-search input[type=checkbox]': {
    width: '24px',
    height: '24px',
    accentColor: 'var(--op-brand)',
  },
  '.cm-textfield': {
    minHeight: '32px',
    padding: '0 0.625rem',
    border: '1px solid var(--op-line-strong)',
    borderRadius: '6px',
    backgroundColor: 'var(--op-surface)',
    color: 'var(--op-ink)',
    font: 'inherit',
  },
  '.cm-button': {
    minHeight: '32px',
    padding: '0 0.75rem',
    border: '1px solid var(--op-line-strong)',
    borderRadius: '6px',
    backgroundColor: 'var(--op-surface)',
    backgroundImage: 'none',
    color: 'var(--op-ink)',
    font: 'inherit',
    cursor: 'pointer',
  },
  '.cm-button:active': { backgroundImage: 'none', backgroundColor: 'var(--op-sunk)' },
  '.cm-panel.cm-search [name=close]': {
    top: '0.5rem',
    right: '0.5rem',
    width: '28px',
    height: '28px',
    color: 'var(--op-ink)',
    fontSize: '1.125rem',
    cursor: 'pointer',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--op-wait-soft)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--op-info-soft) !important', outline: 'none' },
});

const colours = HighlightStyle.define([
  {
    tag: [tags.propertyName, tags.definition(tags.propertyName)],
    color: 'var(--op-brand)',
    fontWeight: '560',
  },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--op-info)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--op-wait)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--op-ink-soft)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--op-ink-soft)' },
  { tag: tags.invalid, color: 'var(--op-bad)' },
]);

export const codeLook: Extension = [look, syntaxHighlighting(colours)];
