/** Reads search parameters of an address. Pure; knows no page. */
export const RUN_STATUSES = [
  'running',
  'waiting',
  'completed',
  'failed',
  'exited',
  'cancelled',
  'unknown',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export interface RunsSearch {
  workflow?: string;
  status?: RunStatus;
  /** A customer, an order or a key. */
  q?: string;
}

export interface WorkflowSearch {
  /** The run that is shown on the canvas. */
  run?: string;
  /** The run whose data previews are to use. */
  sample?: string;
}

/** A parameter that is some text. The router reads `?q=12` as a number. */
export function textSearch(search: Record<string, unknown>, name: string): string | undefined {
  const value = search[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function runsSearch(search: Record<string, unknown>): RunsSearch {
  const workflow = textSearch(search, 'workflow');
  const q = textSearch(search, 'q');
  const status = RUN_STATUSES.find((known) => known === search.status);
  return { ...(workflow && { workflow }), ...(status && { status }), ...(q && { q }) };
}

export function workflowSearch(search: Record<string, unknown>): WorkflowSearch {
  const run = textSearch(search, 'run');
  const sample = textSearch(search, 'sample');
  return { ...(run && { run }), ...(sample && { sample }) };
}

/** A search of one parameter that is some text. */
export const someText =
  <Name extends string>(name: Name) =>
  (search: Record<string, unknown>): { [key in Name]?: string } => {
    const text = textSearch(search, name);
    return (text === undefined ? {} : { [name]: text }) as { [key in Name]?: string };
  };
