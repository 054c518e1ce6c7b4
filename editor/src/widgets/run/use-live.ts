/** Keeps what is shown of runs up to date while it is looked at. Knows queries' keys; never what is drawn. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { follow } from '@/api/live';

/** Changes within this time are read together. */
const GATHER_MS = 700;

/** Whether the line is open. `keys` are read again when something changes. */
export function useLive(
  filter: { workflow?: string; run?: string },
  keys: readonly (readonly unknown[])[],
): boolean {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const { workflow, run } = filter;
  const told = JSON.stringify(keys);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      for (const queryKey of JSON.parse(told) as unknown[][]) void client.invalidateQueries({ queryKey });
    };
    const soon = () => {
      timer ??= setTimeout(refresh, GATHER_MS);
    };
    const stop = follow(
      { ...(workflow && { workflow }), ...(run && { run }) },
      { change: soon, resync: soon, state: setOpen },
    );
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [client, workflow, run, told]);
  return open;
}
