/**
 * A text with variables in it, or an expression, with its label, the list of variables, and what it gives on the
 * sample.
 *
 * Knows the scope at its place; never what the text is for.
 */
import { Input } from '@mantine/core';
import { useId, useRef } from 'react';
import { Rich } from '@/ui/Rich';
import { useDraftParts } from '../../draft';
import { CodeField, type CodeHandle } from '../code/CodeField';
import type { Mode } from '../code/language';
import { PreviewLine } from '../preview/PreviewLine';
import { usePreview } from '../preview/use-preview';
import { useFunctions } from '../scope/use-functions';
import { useScope } from '../scope/use-scope';
import { VariablePicker } from '../scope/VariablePicker';
import classes from './fields.module.css';

interface Props {
  path: string;
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  disabled?: boolean;
  bare?: boolean;
  value: string;
  onChange: (text: string) => void;
  mode: Mode;
  lines?: 'one' | 'many' | 'code';
  placeholder?: string | undefined;
  /** Beside the label: another way to give the value. */
  aside?: React.ReactNode;
}

export function VariableField(props: Props) {
  const { path, label, help, error, required = false, disabled = false, bare = false } = props;
  const { value, onChange, mode, lines = 'one', placeholder, aside } = props;
  const { session } = useDraftParts();
  const scope = useScope(path);
  const callables = useFunctions();
  const field = useRef<CodeHandle>(null);
  const id = useId();
  const kind = mode === 'code' || mode === 'json' ? undefined : mode;
  const preview = usePreview(kind, value, scope.trial);
  const described = [error && `${id}-error`, help && `${id}-help`, kind && `${id}-preview`];
  return (
    <div className={classes.field}>
      {!bare && (
        <div className={classes.head}>
          <div
            className={classes.label}
            aria-hidden
            onMouseDown={(event) => {
              event.preventDefault();
              field.current?.focus();
            }}
          >
            {label}
            {required && <span className={classes.star}> *</span>}
          </div>
          {aside}
        </div>
      )}
      <CodeField
        handle={field}
        value={value}
        onChange={onChange}
        onLeave={() => session.settle()}
        mode={mode}
        lines={lines}
        words={scope.words}
        callables={callables}
        fault={preview.state === 'error' ? preview.fault : undefined}
        label={label}
        describedBy={described.filter(Boolean).join(' ') || undefined}
        invalid={error !== undefined}
        disabled={disabled}
        required={required}
        placeholder={placeholder}
        tool={
          disabled ? undefined : (
            <VariablePicker
              groups={scope.named}
              label={label}
              onPick={(word) => field.current?.insert(word.expression)}
            />
          )
        }
      />
      {kind && (
        <PreviewLine
          id={`${id}-preview`}
          preview={preview}
          quiet={error !== undefined}
          hasLines={value.includes('\n')}
        />
      )}
      {help !== undefined && (
        <Input.Description id={`${id}-help`} mt={5}>
          <Rich text={help} />
        </Input.Description>
      )}
      {error !== undefined && (
        <Input.Error id={`${id}-error`} mt={5}>
          <Rich text={error} />
        </Input.Error>
      )}
    </div>
  );
}
