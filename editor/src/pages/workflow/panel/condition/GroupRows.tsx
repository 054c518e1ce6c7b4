/** Rows joined by and or or, each to be chosen and changed; a group may hold one more level. Knows conditions only. */
import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { FieldScope } from '../scope/use-scope';
import classes from './Condition.module.css';
import { type Group, isGroup, type Rule } from './condition';
import { RuleRow } from './RuleRow';

const NEW: Rule = { path: '', comparison: 'eq' };

interface Props {
  group: Group;
  scope: FieldScope;
  disabled: boolean;
  depth: number;
  /** `undefined` takes the group away. */
  onChange: (next: Group | undefined) => void;
}

export function GroupRows({ group, scope, disabled, depth, onChange }: Props) {
  const { t } = useTranslation('panel');
  const set = (at: number, next: Rule | Group | undefined) => {
    const items = next === undefined ? group.items.toSpliced(at, 1) : group.items.with(at, next);
    onChange(items.length === 0 && depth > 0 ? undefined : { ...group, items });
  };
  const add = (item: Rule | Group) => onChange({ ...group, items: [...group.items, item] });
  return (
    <div className={classes.group} data-depth={depth}>
      {group.items.length > 1 && (
        <SegmentedControl
          size="xs"
          className={classes.join}
          aria-label={t('condition.join')}
          disabled={disabled}
          value={group.join}
          onChange={(join) => onChange({ ...group, join: join === 'or' ? 'or' : 'and' })}
          data={[
            { value: 'and', label: t('condition.and') },
            { value: 'or', label: t('condition.or') },
          ]}
        />
      )}
      {group.items.map((item, at) =>
        isGroup(item) ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place
          <div key={at} className={classes.inner}>
            <GroupRows
              group={item}
              scope={scope}
              disabled={disabled}
              depth={depth + 1}
              onChange={(next) => set(at, next)}
            />
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place
          <div key={at} className={classes.row}>
            <RuleRow
              rule={item}
              number={at + 1}
              scope={scope}
              disabled={disabled}
              onChange={(next) => set(at, next)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              disabled={disabled}
              aria-label={t('condition.remove', { number: at + 1 })}
              onClick={() => set(at, undefined)}
            >
              <IconTrash size={17} aria-hidden />
            </ActionIcon>
          </div>
        ),
      )}
      <div className={classes.adds}>
        <Button
          variant="default"
          size="xs"
          disabled={disabled}
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => add(NEW)}
        >
          {t('condition.add')}
        </Button>
        {depth === 0 && group.items.length > 0 && (
          <Button
            variant="subtle"
            color="gray"
            size="xs"
            disabled={disabled}
            onClick={() => add({ join: group.join === 'and' ? 'or' : 'and', items: [NEW] })}
          >
            {t('condition.add_group')}
          </Button>
        )}
      </div>
    </div>
  );
}
