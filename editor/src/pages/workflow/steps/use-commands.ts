/** The deeds on steps by key, for the canvas and the outline. Knows the list of commands; draws nothing. */
import { useCallback } from 'react';
import { useDraftParts, useReadOnly } from '../draft';
import { type Aim, COMMANDS } from './commands';
import { useDeeds } from './deeds';
import { isKey } from './keys';
import { meant } from './selection';

/** What can be done at a stop, aimed. */
export function useAim(): (stop: string) => Aim {
  const { session, ui } = useDraftParts();
  const deeds = useDeeds();
  const readOnly = useReadOnly();
  return useCallback(
    (stop) => ({
      document: session.document,
      ui,
      deeds,
      readOnly,
      stop,
      keys: meant(session.document, ui, stop),
    }),
    [session, ui, deeds, readOnly],
  );
}

/** Runs the command whose key it is; `true` when there was one. */
export function useCommandKeys(): (event: KeyboardEvent, stop: string) => boolean {
  const aim = useAim();
  return useCallback(
    (event, stop) => {
      const command = COMMANDS.find(({ keys, native }) => !native && keys.some((name) => isKey(event, name)));
      if (!command) return false;
      const aimed = aim(stop);
      if (!command.fits(aimed) || (aimed.readOnly && !command.harmless)) return false;
      command.run(aimed);
      return true;
    },
    [aim],
  );
}
