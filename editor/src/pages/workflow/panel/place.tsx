/**
 * The part of the document a panel edits, and one field of it drawn by its widget.
 *
 * Knows pointers and the one way to change a value; never what a field means.
 */
import { createContext, useContext, useMemo, useRef } from 'react';
import type { Schema } from '@/api/catalog';
import { type Json, type StepId, setField, setHeader, valueAt } from '@/model';
import { FieldView } from '@/widgets/form/SchemaForm';
import { useDraftParts, usePerform, useReadOnly } from '../draft';
import { changeBetween } from './change';
import type { PlacedProblem } from './problems';

export interface PanelPlace {
  /** The pointer of the value; empty for the document itself. */
  readonly base: string;
  /** The step, unless it is the document. */
  readonly step?: StepId;
  readonly value: Json;
  readonly errors: readonly PlacedProblem[];
  readonly disabled: boolean;
  /** Sets what is at a pointer from the value; `undefined` takes it away. */
  change(path: string, next: unknown): void;
}

const Context = createContext<PanelPlace | undefined>(undefined);
export const PlaceContext = Context.Provider;

export function usePlace(): PanelPlace {
  const place = useContext(Context);
  if (!place) throw new Error('usePlace outside of a panel');
  return place;
}

export function useNewPlace(
  base: string,
  step: StepId | undefined,
  value: Json,
  errors: readonly PlacedProblem[],
): PanelPlace {
  const { session } = useDraftParts();
  const disabled = useReadOnly();
  const perform = usePerform();
  const latest = useRef(perform);
  latest.current = perform;
  return useMemo(
    () => ({
      base,
      ...(step === undefined ? {} : { step }),
      value,
      errors,
      disabled,
      change(path, next) {
        const { document } = session;
        const done = changeBetween(valueAt(document, base + path), next as Json | undefined);
        if (done === undefined) return;
        const to = path + done.path;
        latest.current(
          step === undefined ? setHeader(document, to, done.value) : setField(document, step, to, done.value),
        );
      },
    }),
    [session, base, step, value, errors, disabled],
  );
}

/** The value at a pointer from what the panel edits. */
export function useValue(path: string): Json | undefined {
  return valueAt(usePlace().value, path);
}

interface DocFieldProps {
  /** From what the panel edits. */
  readonly path: string;
  readonly label: string;
  readonly widget?: string;
  readonly schema?: Schema;
  readonly help?: string | undefined;
  readonly required?: boolean;
  readonly bare?: boolean;
}

const NO_SCHEMA: Schema = {};

/** One field of the document. */
export function DocField({ path, label, widget, schema = NO_SCHEMA, help, required, bare }: DocFieldProps) {
  const place = usePlace();
  const drawn = useMemo(
    () => (widget === undefined ? schema : { ...schema, 'x-widget': widget }),
    [schema, widget],
  );
  return (
    <FieldView
      field={{ name: label, schema: drawn, required: required === true, advanced: false }}
      label={label}
      help={help}
      bare={bare === true}
      value={valueAt(place.value, path)}
      onChange={(next) => place.change(path, next)}
      errors={place.errors}
      path={place.base + path}
      disabled={place.disabled}
    />
  );
}
