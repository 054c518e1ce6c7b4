/** A sentence in which backticks mark code, as the catalogue's help has it. Knows no other markup. */
export function Rich({ text }: { text: string }) {
  const parts = text.split('`');
  // Without a partner a backtick is a backtick.
  if (parts.length % 2 === 0) return text;
  return parts.map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text that never change their order
    index % 2 === 1 ? <code key={index}>{part}</code> : part,
  );
}
