/**
 * The variables there are at a place, by where they come from, to be searched and chosen. Those that may be absent
 * say so.
 *
 * Knows named variables; never a field.
 */
import { ActionIcon, Combobox, type ComboboxStore, Tooltip, useCombobox } from '@mantine/core';
import { IconVariable } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { searched } from '../../palette/choices';
import type { Word } from '../code/words';
import type { Named, NamedGroup } from './names';
import classes from './VariablePicker.module.css';

interface Props {
  groups: readonly NamedGroup[];
  /** Of the field it is for. */
  label: string;
  onPick: (word: Word) => void;
  /** Draws what opens the list; a small button when absent. */
  target?: (open: () => void) => React.ReactElement;
}

export function VariablePicker({ groups, label, onPick, target }: Props) {
  const { t } = useTranslation('panel');
  const store = useCombobox({
    onDropdownClose: () => store.resetSelectedOption(),
    onDropdownOpen: () => store.focusSearchInput(),
  });
  return (
    <Combobox
      store={store}
      width={340}
      position="bottom-end"
      shadow="md"
      withinPortal
      keepMounted={false}
      middlewares={{ flip: true, shift: true }}
      onOptionSubmit={(expression) => {
        const word = groups.flatMap(({ all }) => all).find((one) => one.expression === expression);
        store.closeDropdown();
        // Beside a field, the field itself takes the focus with what was chosen.
        if (target) store.focusTarget();
        if (word) onPick(word);
      }}
    >
      <Combobox.Target targetType="button">
        {target ? (
          target(() => store.toggleDropdown())
        ) : (
          <Tooltip label={t('variables.insert')} disabled={store.dropdownOpened}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              aria-label={t('variables.insert_into', { label })}
              onClick={() => store.toggleDropdown()}
            >
              <IconVariable size={17} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </Combobox.Target>
      <Combobox.Dropdown>{store.dropdownOpened && <Found groups={groups} store={store} />}</Combobox.Dropdown>
    </Combobox>
  );
}

/** More than this nobody reads: whoever looks for one writes its name. */
const SHOWN_MAX = 120;

function Found({ groups, store }: { groups: readonly NamedGroup[]; store: ComboboxStore }) {
  const { t } = useTranslation('panel');
  const [query, setQuery] = useState('');
  const [found, left] = useMemo(() => sought(groups, query), [groups, query]);
  // Enter takes the first that is found.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the store is another object on every drawing
  useEffect(() => void store.selectFirstOption(), [query]);
  return (
    <>
      <Combobox.Search
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') store.focusTarget();
        }}
        placeholder={t('variables.search')}
        aria-label={t('variables.search')}
      />
      <Combobox.Options className={classes.options} aria-label={t('variables.title')}>
        {found.length === 0 && <Combobox.Empty>{t('variables.none')}</Combobox.Empty>}
        {found.map((group) => (
          <Combobox.Group key={group.key} label={<GroupTitle group={group} />}>
            {group.all.map((word) => (
              <Option key={word.expression} word={word} isSearch={query !== ''} />
            ))}
          </Combobox.Group>
        ))}
      </Combobox.Options>
      {left > 0 && <Combobox.Footer>{t('variables.more', { count: left })}</Combobox.Footer>}
    </>
  );
}

/** The groups with what is sought, and how many more there are than are shown. */
function sought(groups: readonly NamedGroup[], query: string): readonly [readonly NamedGroup[], number] {
  const shown: NamedGroup[] = [];
  let room = SHOWN_MAX;
  let left = 0;
  for (const group of groups) {
    const all = searched(group.all, query, (word) => [word.short, group.title, word.expression]);
    if (all.length === 0) continue;
    left += Math.max(0, all.length - room);
    if (room > 0) shown.push({ ...group, all: all.slice(0, room) });
    room = Math.max(0, room - all.length);
  }
  return [shown, left];
}

function GroupTitle({ group }: { group: NamedGroup }) {
  const { t } = useTranslation('panel');
  return (
    <span className={classes.group}>
      {group.title}
      {!group.sure && <span className={classes.maybe}>{t('variables.other_path')}</span>}
    </span>
  );
}

function Option({ word, isSearch }: { word: Named; isSearch: boolean }) {
  const { t } = useTranslation('panel');
  const depth = isSearch ? 0 : word.depth;
  const name = isSearch ? word.short : (word.short.split(' · ').at(-1) ?? word.short);
  return (
    <Combobox.Option value={word.expression} title={word.help ?? word.expression} className={classes.choice}>
      <span className={classes.option} style={{ paddingLeft: `${depth * 0.9}rem` }}>
        <span className={classes.chip} data-maybe={word.maybe || undefined}>
          {name}
        </span>
        {word.value !== undefined && <span className={classes.value}>{word.value}</span>}
        {word.optional && !word.maybe && <span className={classes.optional}>{t('variables.maybe')}</span>}
      </span>
    </Combobox.Option>
  );
}
