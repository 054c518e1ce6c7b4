/**
 * A field for text with variables in it or for an expression. CodeMirror comes when it has loaded; until then the
 * same text is edited in a plain input, so that nobody waits for it.
 *
 * Knows how CodeMirror is mounted; never what the text means.
 */
import { useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { part } from '@/api/part';
import classes from './CodeField.module.css';
import type { Callable } from './calls';
import type { Fault } from './faults';
import type { Mode } from './language';
import type { Mounted } from './mount';
import type { Word } from './words';

let loaded: typeof import('./mount') | undefined;
const load = async () => {
  loaded = await part(() => import('./mount'));
};

/** Loads CodeMirror ahead, when a panel opens. */
export function preloadCode(): void {
  if (!loaded) void load().catch(() => undefined);
}

export interface CodeHandle {
  insert(expression: string): void;
  focus(): void;
}

interface Props {
  value: string;
  onChange: (text: string) => void;
  /** Called when somebody leaves the field. */
  onLeave?: () => void;
  mode: Mode;
  lines?: 'one' | 'many' | 'code';
  words?: ReadonlyMap<string, Word>;
  callables?: readonly Callable[];
  /** What is wrong in `value`, to be underlined. */
  fault?: Fault | undefined;
  label: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  disabled?: boolean;
  required?: boolean;
  placeholder?: string | undefined;
  /** Beside the text: the button that offers variables. */
  tool?: React.ReactNode;
  handle?: React.Ref<CodeHandle>;
}

const NO_WORDS: ReadonlyMap<string, Word> = new Map();
const NO_CALLABLES: readonly Callable[] = [];

export function CodeField(props: Props) {
  const { value, mode, lines = 'one', words = NO_WORDS, label, describedBy, placeholder = '' } = props;
  const { invalid = false, disabled = false, required = false } = props;
  const { callables = NO_CALLABLES, fault } = props;
  const [isReady, setReady] = useState(loaded !== undefined);
  const place = useRef<HTMLDivElement>(null);
  const plain = useRef<HTMLTextAreaElement>(null);
  const mounted = useRef<Mounted>(undefined);
  const held = useRef(false);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (isReady) return;
    let wanted = true;
    load().then(
      () => {
        if (!wanted) return;
        held.current = plain.current !== null && plain.current === document.activeElement;
        setReady(true);
      },
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [isReady]);

  const changing = useMemo(
    () => ({
      words,
      callables,
      disabled,
      attributes: {
        'aria-label': label,
        'aria-multiline': String(lines !== 'one'),
        ...(describedBy === undefined ? {} : { 'aria-describedby': describedBy }),
        ...(invalid ? { 'aria-invalid': 'true' } : {}),
        ...(required ? { 'aria-required': 'true' } : {}),
        ...(disabled ? { 'aria-readonly': 'true', tabindex: '0' } : {}),
      },
    }),
    [words, callables, disabled, label, lines, describedBy, invalid, required],
  );
  const change = useRef(changing);
  change.current = changing;

  useLayoutEffect(() => {
    const parent = place.current;
    if (!isReady || !loaded || !parent) return;
    const { current } = latest;
    const made = loaded.mount(
      parent,
      {
        text: current.value,
        mode,
        lines: lines === 'one' ? 'one' : 'many',
        placeholder,
        onChange: (text) => latest.current.onChange(text),
      },
      change.current,
    );
    mounted.current = made;
    if (held.current) made.focus();
    held.current = false;
    return () => {
      mounted.current = undefined;
      made.destroy();
    };
  }, [isReady, mode, lines, placeholder]);

  useEffect(() => mounted.current?.change(changing), [changing]);
  // An edit that was refused must not stay in the field, so every drawing brings the value back.
  useEffect(() => mounted.current?.set(value));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a field that is mounted anew is told again
  useEffect(() => mounted.current?.blame(fault), [fault, isReady, mode, lines, placeholder]);

  useImperativeHandle(props.handle, () => ({
    insert: (expression) => {
      if (mounted.current) return mounted.current.insert(expression);
      const { current } = latest;
      current.onChange(current.value + (current.mode === 'template' ? `\${${expression}}` : expression));
    },
    focus: () => (mounted.current ?? plain.current)?.focus(),
  }));

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that the field inside is left
    <div
      className={classes.box}
      data-lines={lines}
      data-mono={mode === 'template' ? undefined : ''}
      data-invalid={invalid || undefined}
      data-disabled={disabled || undefined}
      onBlur={props.onLeave}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the text inside has the keyboard; a press beside it means it, too */}
      <div className={classes.text} ref={place} onMouseDown={aside(() => mounted.current?.focus())}>
        {!isReady && (
          <textarea
            ref={plain}
            className={classes.plain}
            rows={lines === 'one' ? 1 : 4}
            aria-label={label}
            aria-describedby={describedBy}
            aria-invalid={invalid}
            readOnly={disabled}
            placeholder={placeholder}
            value={value}
            onChange={(event) => props.onChange(event.currentTarget.value)}
          />
        )}
      </div>
      {props.tool !== undefined && <div className={classes.tool}>{props.tool}</div>}
    </div>
  );
}

/** A press on the room around the text. */
function aside(focus: () => void) {
  return (event: React.MouseEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) return;
    event.preventDefault();
    focus();
  };
}
