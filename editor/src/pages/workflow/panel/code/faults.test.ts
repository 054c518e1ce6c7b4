/** Holds that what is underlined is what stands at a fault's place. */
import { describe, expect, it } from 'vitest';
import { spotOf } from './faults';

/** The text with the underlined part in brackets. */
function underlined(text: string, line: number, column: number): string {
  const { from, to } = spotOf(text, { line, column });
  return `${text.slice(0, from)}[${text.slice(from, to)}]${text.slice(to)}`;
}

describe('what a fault underlines', () => {
  it('is the word, text or sign at its place', () => {
    expect(underlined('1 + evnt.total', 1, 5)).toBe('1 + [evnt].total');
    expect(underlined('a + "b c" * 2', 1, 5)).toBe('a + ["b c"] * 2');
    expect(underlined('event.name - 1', 1, 12)).toBe('event.name [-] 1');
    expect(underlined('let a = 1;\na + evnt', 2, 5)).toBe('let a = 1;\na + [evnt]');
    expect(underlined('Hola ${event.name', 1, 6)).toBe('Hola [${]event.name');
  });

  it('counts letters as people do', () => {
    expect(underlined('¡Hola 😀 ${evnt.name}!', 1, 11)).toBe('¡Hola 😀 ${[evnt].name}!');
  });

  it('is the last sign where something is missing', () => {
    expect(underlined('event.total +', 1, 14)).toBe('event.total [+]');
    expect(underlined('event.total + \n', 2, 1)).toBe('event.total [+] \n');
    expect(underlined('', 1, 1)).toBe('[]');
    expect(underlined('a', 9, 9)).toBe('[a]');
  });
});
