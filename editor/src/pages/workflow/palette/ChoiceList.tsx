/** A search field over a grouped list, driven by the keyboard alone or by the pointer. Knows entries; never what they are for. */
import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './ChoiceList.module.css';
import { searched } from './choices';
import type { Entry } from './entries';
import { StepIcon } from './icons';

interface Props<T> {
  entries: readonly Entry<T>[];
  label: string;
  onChoose: (item: T) => void;
  /** When entries can be dragged somewhere. */
  onGrab?: (event: PointerEvent, entry: Entry<T>) => void;
  focus?: boolean;
}

export function ChoiceList<T>({ entries, label, onChoose, onGrab, focus = false }: Props<T>) {
  const { t } = useTranslation('blocks');
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    if (focus) field.current?.focus({ preventScroll: true });
  }, [focus]);
  const found = useMemo(
    () => searched(entries, query, (entry) => [entry.title, entry.line, ...entry.words]),
    [entries, query],
  );
  const current = Math.min(at, found.length - 1);
  useEffect(() => {
    // The list scrolls by itself; the page must not.
    const option = list.current?.querySelector<HTMLElement>(`[data-at="${current}"]`);
    option?.scrollIntoView?.({ block: 'nearest' });
  }, [current]);
  const press = (event: React.KeyboardEvent) => {
    const page = 6;
    const next: Record<string, number> = {
      ArrowDown: (current + 1) % found.length,
      ArrowUp: (current - 1 + found.length) % found.length,
      PageDown: Math.min(current + page, found.length - 1),
      PageUp: Math.max(current - page, 0),
    };
    const to = next[event.key];
    const entry = found[current];
    if (to !== undefined && found.length > 0) setAt(to);
    else if (event.key === 'Enter' && entry) onChoose(entry.item);
    else return;
    event.preventDefault();
  };
  const groups = grouped(found);
  return (
    <div className={classes.chooser}>
      <TextInput
        ref={field}
        aria-label={label}
        placeholder={label}
        value={query}
        leftSection={<IconSearch size={16} aria-hidden />}
        data-autofocus={focus || undefined}
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? `${id}-${current}` : undefined}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div
        className={classes.list}
        role="listbox"
        id={`${id}-list`}
        aria-label={label}
        ref={list}
        tabIndex={-1}
      >
        {groups.map(({ name, items }) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options
          <div key={name} role="group" aria-label={name}>
            <div className={classes.group} aria-hidden>
              {name}
            </div>
            {items.map(({ entry, at: index }) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the search field has the keys
              // biome-ignore lint/a11y/useFocusableInteractive: the search field keeps the focus
              <div
                key={entry.id}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === current}
                data-at={index}
                data-grab={onGrab ? true : undefined}
                className={classes.option}
                onClick={() => onChoose(entry.item)}
                onPointerDown={onGrab ? (event) => onGrab(event, entry) : undefined}
              >
                <StepIcon {...entry.picture} />
                <span className={classes.words}>
                  <span className={classes.title}>{entry.title}</span>
                  <span className={classes.line}>{entry.line}</span>
                </span>
              </div>
            ))}
          </div>
        ))}
      </div>
      <p className={found.length > 0 ? 'visually-hidden' : classes.none} role="status">
        {t('found', { count: found.length })}
      </p>
    </div>
  );
}

interface Group<T> {
  readonly name: string;
  readonly items: { readonly entry: Entry<T>; readonly at: number }[];
}

/** In the order in which the groups' best entries come. */
function grouped<T>(found: readonly Entry<T>[]): readonly Group<T>[] {
  const groups = new Map<string, Entry<T>[]>();
  for (const entry of found) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  let at = 0;
  return [...groups].map(([name, entries]) => ({
    name,
    items: entries.map((entry) => ({ entry, at: at++ })),
  }));
}
