/**
 * Typing over a selection without the browser's help: Chromium wants to keep the look of what was selected by inline
 * styles, which the page's policy forbids and reports.
 */
import { EditorView } from '@codemirror/view';

export const overtype = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (
      event.inputType !== 'insertText' ||
      event.data === null ||
      empty ||
      view.composing ||
      view.state.readOnly
    )
      return false;
    const text = event.data;
    const insert = () =>
      view.state.update({
        changes: { from, to, insert: text },
        selection: { anchor: from + text.length },
        userEvent: 'input.type',
        scrollIntoView: true,
      });
    const handled = view.state
      .facet(EditorView.inputHandler)
      .some((handle) => handle(view, from, to, text, insert));
    if (!handled) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});
