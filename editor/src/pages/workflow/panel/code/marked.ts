/** A sentence with code in backticks, for what CodeMirror draws itself; `Rich` is the same for React. */
export function marked(text: string): HTMLElement {
  const sentence = document.createElement('p');
  const parts = text.split('`');
  // Without a partner a backtick is a backtick.
  if (parts.length % 2 === 0) {
    sentence.textContent = text;
    return sentence;
  }
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 0) sentence.append(part);
    else sentence.append(Object.assign(document.createElement('code'), { textContent: part }));
  }
  return sentence;
}
