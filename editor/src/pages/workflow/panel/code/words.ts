/** What a field may name: variables with the words people read for them. Knows their shape; not where they come from. */
export interface Word {
  /** What is written, such as `event.total`. */
  readonly expression: string;
  /** What it is called, such as `Carrito · Total`. */
  readonly label: string;
  /** A value of the sample, as a short text. */
  readonly value?: string;
  /** Whether another path leads here that does not give it. */
  readonly maybe: boolean;
}

/** Whether a source is one variable and nothing else. */
export function isPath(source: string): boolean {
  return /^\s*[A-Za-z_]\w*(\s*\??\.\s*[A-Za-z_]\w*|\[\s*"[^"\\]*"\s*\])*\s*$/.test(source);
}

/** Where the expression begins that is still open at `at`; `undefined` outside of one. */
export function openAt(text: string, at: number): number | undefined {
  const from = text.lastIndexOf('${', at - 1);
  if (from < 0 || text[from - 1] === '$') return undefined;
  return text.slice(from + 2, at).includes('}') ? undefined : from + 2;
}
