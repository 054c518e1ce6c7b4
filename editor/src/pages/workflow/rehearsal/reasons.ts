/**
 * Why a run of a rehearsal does not begin or ends, as a key of a text where the reason is a known one.
 *
 * Pure; knows the engine's general reasons, no language.
 */
export type Reason =
  | { readonly key: 'reason.condition' | 'reason.active' | 'reason.restarted' }
  | { readonly key: 'reason.condition_fails' | 'reason.key_fails'; readonly detail: string };

/** `undefined`: it is told as it came. */
export function knownReason(reason: string): Reason | undefined {
  if (reason === "the trigger's condition does not hold") return { key: 'reason.condition' };
  if (reason === 'a new run of the same key began') return { key: 'reason.restarted' };
  if (reason.endsWith(' has a run already')) return { key: 'reason.active' };
  const [, what, detail = ''] = /^the trigger's (condition|key) fails: (.*)$/s.exec(reason) ?? [];
  if (what === 'condition') return { key: 'reason.condition_fails', detail };
  return what === 'key' ? { key: 'reason.key_fails', detail } : undefined;
}
