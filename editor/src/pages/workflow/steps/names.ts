/** What a command is called where it is offered. Knows the texts' names; never a language. */
import { placeOf } from '@/model';
import type { Aim, Command } from './commands';

/** Switching and folding are called by what they would do. */
export function nameOf({ id }: Command, { document, keys, ui, stop }: Aim) {
  if (id === 'toggle') {
    const isOff = keys.some((key) => placeOf(document, key)?.step.enabled === false);
    return isOff ? 'toggle_on' : 'toggle_off';
  }
  if (id === 'collapse') return ui.get().collapsed.has(stop) ? 'unfold' : 'fold';
  if (id === 'note' && placeOf(document, keys[0] ?? '')?.step.note === undefined) return 'note_add';
  return id;
}
