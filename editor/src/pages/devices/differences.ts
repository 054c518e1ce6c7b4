/** Two maps of settings side by side. Pure; knows plain values. */
export interface Difference {
  readonly name: string;
  /** As it is written; `undefined` where it is missing. */
  readonly desired: string | undefined;
  readonly reported: string | undefined;
  readonly same: boolean;
}

type Settings = Readonly<Record<string, unknown>>;

/** By name; what a device tells of itself and nobody asked for does not differ. */
export function differencesOf(desired: Settings, reported: Settings | undefined): readonly Difference[] {
  const names = [...new Set([...Object.keys(desired), ...Object.keys(reported ?? {})])].toSorted();
  return names.map((name) => {
    const [wanted, told] = [textOf(desired[name]), textOf(reported?.[name])];
    return {
      name,
      desired: wanted,
      reported: told,
      same:
        wanted === undefined ||
        JSON.stringify(sorted(desired[name])) === JSON.stringify(sorted(reported?.[name])),
    };
  });
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(sorted(value));
}

/** The order of a map's names is no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
