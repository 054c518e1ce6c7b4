/** The ways of a block, to be named, ordered, added and taken away. Knows ways; never what leads into one. */
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addWay, type Built, moveWay, type NewWay, removeWay, renameWay, type Way } from '@/model';
import { useDraftParts, usePerform } from '../../draft';
import { useSay } from '../../say';
import { usePlace } from '../place';
import classes from './Step.module.css';

interface Props {
  ways: readonly Way[];
  make: () => NewWay;
  add: string;
  help: string;
  /** Where its problems stand when they are about all of it. */
  path?: string;
  isRenamed?: boolean;
  /** What people see of it is another field; the name is for expressions. */
  isNameLast?: boolean;
  children?: (way: Way, at: number) => React.ReactNode;
}

export function WayRows({
  ways,
  make,
  add,
  help,
  path,
  isRenamed = true,
  isNameLast = false,
  children,
}: Props) {
  const { t } = useTranslation('panel');
  const { session } = useDraftParts();
  const perform = usePerform();
  const { step = '', disabled, base, errors } = usePlace();
  const does = (build: (document: typeof session.document) => Built) => void perform(build(session.document));
  const found = path === undefined ? undefined : errors.find((error) => error.path === base + path);
  return (
    <fieldset className={classes.ways} data-field={path === undefined ? undefined : base + path}>
      <legend className={classes.legend}>{t('ways.title')}</legend>
      <p className={classes.count}>{help}</p>
      {ways.map((way, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a way that is renamed stays the same row
        <div key={at} className={classes.way}>
          <div className={classes.wayFields}>
            {isNameLast && children?.(way, at)}
            {isRenamed && <WayName way={way} number={at + 1} />}
            {!isNameLast && children?.(way, at)}
          </div>
          <div className={classes.wayTools}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              disabled={disabled || at === 0}
              aria-label={t('ways.up', { number: at + 1 })}
              onClick={() => does((document) => moveWay(document, step, way.path, at - 1))}
            >
              <IconArrowUp size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              disabled={disabled || at === ways.length - 1}
              aria-label={t('ways.down', { number: at + 1 })}
              onClick={() => does((document) => moveWay(document, step, way.path, at + 1))}
            >
              <IconArrowDown size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              disabled={disabled || ways.length === 1}
              aria-label={t('ways.remove', { number: at + 1 })}
              onClick={() => does((document) => removeWay(document, step, way.path))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </div>
        </div>
      ))}
      {found !== undefined && <p className={classes.error}>{found.message}</p>}
      <Button
        variant="default"
        size="xs"
        disabled={disabled}
        style={{ justifySelf: 'start' }}
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => does((document) => addWay(document, step, make()))}
      >
        {add}
      </Button>
    </fieldset>
  );
}

/** A name is given when somebody leaves the field: half of one would be a way of its own. */
function WayName({ way, number }: { way: Way; number: number }) {
  const { t } = useTranslation('panel');
  const { session } = useDraftParts();
  const perform = usePerform();
  const say = useSay();
  const { step = '', disabled } = usePlace();
  const [typed, setTyped] = useState(way.name ?? '');
  useEffect(() => setTyped(way.name ?? ''), [way.name]);
  const built = typed === way.name ? undefined : renameWay(session.document, step, way.path, typed);
  const give = () => {
    if (built?.ok) perform(built);
    else setTyped(way.name ?? '');
  };
  return (
    <TextInput
      label={t('ways.name', { number })}
      data-own-undo
      disabled={disabled}
      value={typed}
      error={built && !built.ok ? say(built.error) : undefined}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={give}
      onKeyDown={(event) => {
        if (event.key === 'Enter') give();
      }}
    />
  );
}
