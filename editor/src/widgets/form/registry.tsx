/**
 * Which component draws which widget. Parts of the app add their own with `<Widgets add={...}>`.
 *
 * Knows names and the one shape of a widget; never a schema's meaning.
 */
import { createContext, useContext, useMemo } from 'react';
import type { Schema } from '@/api/catalog';
import type { FieldError } from '@/api/schema.gen';

export interface WidgetProps {
  /** Where the value lies in what is sent, such as `settings.base_url`. */
  path: string;
  schema: Schema;
  label: string;
  help: string | undefined;
  required: boolean;
  disabled: boolean;
  /** `undefined` when the field is absent. */
  value: unknown;
  /** `undefined` takes the field away. */
  onChange: (next: unknown) => void;
  error: string | undefined;
  /** All errors, for widgets that hold fields of their own. */
  errors: readonly FieldError[];
  /** Something else shows what it is called: the label is only read aloud. */
  bare?: boolean;
}

export type Widget = React.ComponentType<WidgetProps>;
export type WidgetMap = Readonly<Record<string, Widget>>;

const Context = createContext<WidgetMap>({});

export function useWidgets(): WidgetMap {
  return useContext(Context);
}

/** Adds widgets for what is inside; one of the same name replaces the one from outside. */
export function Widgets({ add, children }: { add: WidgetMap; children: React.ReactNode }) {
  const outer = useWidgets();
  const all = useMemo(() => ({ ...outer, ...add }), [outer, add]);
  return <Context value={all}>{children}</Context>;
}
