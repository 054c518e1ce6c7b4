/** Names with values while somebody types them: a pair without a name yet is in no object. Knows no meaning. */
import { useEffect, useRef, useState } from 'react';

export interface Pair {
  key: number;
  name: string;
  value: unknown;
}

/** The pairs as an object; the last of equal names counts, and a pair without a name does not. */
export function objectOf(pairs: readonly Pair[]): Record<string, unknown> | undefined {
  const named = pairs.filter((pair) => pair.name !== '');
  return named.length === 0 ? undefined : Object.fromEntries(named.map((pair) => [pair.name, pair.value]));
}

export interface Pairs {
  pairs: readonly Pair[];
  set(next: readonly Pair[]): void;
  /** One more, whose name is still to be written. */
  add(value: unknown): void;
}

export function usePairs(value: unknown, onChange: (next: unknown) => void): Pairs {
  const counter = useRef(0);
  const read = (): Pair[] =>
    Object.entries((value ?? {}) as Record<string, unknown>).map(([name, each]) => {
      counter.current += 1;
      return { key: counter.current, name, value: each };
    });
  const [pairs, setPairs] = useState<readonly Pair[]>(read);
  const told = JSON.stringify(value ?? {});

  // biome-ignore lint/correctness/useExhaustiveDependencies: only what comes from outside replaces the pairs
  useEffect(() => {
    if (JSON.stringify(objectOf(pairs) ?? {}) !== told) setPairs(read());
  }, [told]);

  return {
    pairs,
    set(next) {
      setPairs(next);
      onChange(objectOf(next));
    },
    add(empty) {
      counter.current += 1;
      setPairs([...pairs, { key: counter.current, name: '', value: empty }]);
    },
  };
}
