/** Problems of an imported file beside the lines they are about. Pure; knows lines, never a field's meaning. */
import type { Imported } from '@/api/sensors';

export interface ProblemLine {
  /** As people count, the head being the first. */
  readonly line: number;
  /** The line as it stands in the file; empty when the file has no such line. */
  readonly source: string;
  readonly messages: readonly string[];
}

/** Of a longer line only the beginning is shown. */
const SHOWN_MAX = 120;

/** The lines of a CSV text: a line break between quotes belongs to its record. */
export function recordsOf(text: string): readonly { readonly line: number; readonly source: string }[] {
  const records: { line: number; source: string }[] = [];
  let [start, line, first, quoted] = [0, 1, 1, false];
  const end = (at: number) => {
    const source = text.slice(start, at).replace(/\r$/, '');
    records.push({ line: first, source });
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') quoted = !quoted;
    if (sign !== '\n') continue;
    line += 1;
    if (quoted) continue;
    end(at);
    start = at + 1;
    first = line;
  }
  if (start < text.length) end(text.length);
  return records;
}

/** In the order of the file, all problems of a line together. */
export function linesOf(problems: Imported['problems'], text: string): readonly ProblemLine[] {
  const records = recordsOf(text);
  const messages = new Map<number, string[]>();
  for (const { line, field, message } of problems) {
    const told = field ? `${field}: ${message}` : message;
    messages.set(line, [...(messages.get(line) ?? []), told]);
  }
  return [...messages]
    .toSorted(([one], [other]) => one - other)
    .map(([line, told]) => {
      const source = records.findLast(
        (record) => record.line <= line && line < record.line + linesIn(record.source),
      );
      return { line, source: shortened(source?.source ?? ''), messages: told };
    });
}

function linesIn(source: string): number {
  return source.split('\n').length;
}

function shortened(source: string): string {
  return source.length > SHOWN_MAX ? `${source.slice(0, SHOWN_MAX)}…` : source;
}
