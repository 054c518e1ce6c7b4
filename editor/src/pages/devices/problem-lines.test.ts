/** Holds problems of a file to the lines they are about. */
import { describe, expect, it } from 'vitest';
import { linesOf, recordsOf } from './problem-lines';

describe('problems of an imported file', () => {
  it('stand beside their line, all of a line together', () => {
    const text = 'name,place\r\nHeladera,Salón\r\n,Depósito\r\n';
    const problems = [
      { line: 3, field: 'tags', message: 'too many' },
      { line: 2, message: 'known' },
      { line: 3, field: 'name', message: 'missing' },
    ];
    expect(linesOf(problems, text)).toEqual([
      { line: 2, source: 'Heladera,Salón', messages: ['known'] },
      { line: 3, source: ',Depósito', messages: ['tags: too many', 'name: missing'] },
    ]);
  });

  it('know a record that runs over several lines, and one that is not there', () => {
    const text = 'name,note\n"A","one\ntwo"\nB,x';
    expect(recordsOf(text).map(({ line }) => line)).toEqual([1, 2, 4]);
    const told = linesOf(
      [
        { line: 3, message: 'a' },
        { line: 9, message: 'b' },
      ],
      text,
    );
    expect(told.map(({ source }) => source)).toEqual(['"A","one\ntwo"', '']);
  });

  it('show only the beginning of a long line', () => {
    const [line] = linesOf([{ line: 1, message: 'x' }], 'a'.repeat(500));
    expect(line?.source.length).toBeLessThan(130);
  });
});
