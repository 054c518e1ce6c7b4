/** What else happens during a rehearsal: offered from the document, put in at the clock's time, edited, taken out. Knows no event by name. */
import { Button, CloseButton, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatSpan, parseSpan } from '@/format/duration';
import { useFormats } from '@/i18n/use-lang';
import { useDocument, useDraftParts, useSample } from '../draft';
import { useTitles } from '../say';
import { HappeningDialog } from './HappeningDialog';
import { offeredBy, sampleOf } from './happenings';
import classes from './Rehearsal.module.css';
import type { Happening } from './requests';

export interface Injected extends Happening {
  readonly id: number;
}

interface Props {
  now: number;
  injected: readonly Injected[];
  change: (injected: readonly Injected[]) => void;
}

export function Happenings({ now, injected, change }: Props) {
  const { t } = useTranslation('rehearsal');
  const { catalog } = useDraftParts();
  const { event } = useSample();
  const document = useDocument();
  const titles = useTitles();
  const show = useFormats();
  const [editing, setEditing] = useState<Injected>();
  const offered = offeredBy(document, catalog, event);
  const others = Object.keys(catalog.events).filter((type) => !offered.some((one) => one.type === type));
  const put = (type: string, data: Happening['data']): void => {
    const id = 1 + Math.max(0, ...injected.map((one) => one.id));
    change([...injected, { id, after: formatSpan(now), type, data }]);
  };
  const when = (after: string): string => {
    const ms = parseSpan(after) ?? 0;
    return ms === 0 ? t('clock.start') : `+${show.span(ms)}`;
  };
  return (
    <section className={classes.happenings} aria-label={t('happen.label')}>
      <h2 className={classes.small}>{t('happen.label')}</h2>
      <div className={classes.chips}>
        {offered.map(({ type, by, data }) => (
          <Button
            key={type}
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            title={t(`happen.by.${by}`)}
            onClick={() => put(type, data)}
          >
            {titles.event(type)}
          </Button>
        ))}
        <Menu position="bottom-start" withinPortal>
          <Menu.Target>
            <Button size="xs" variant="subtle" color="gray">
              {t('happen.other')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown className={classes.menu}>
            {others.map((type) => (
              <Menu.Item key={type} onClick={() => put(type, sampleOf(catalog, type))}>
                {titles.event(type)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
      {injected.length > 0 && (
        <ul className={classes.injected}>
          {injected.map((one) => (
            <li key={one.id}>
              <button type="button" className={classes.happening} onClick={() => setEditing(one)}>
                <span className={classes.when}>{when(one.after)}</span>
                {titles.event(one.type)}
                <span className={classes.edit}>{t('happen.edit')}</span>
              </button>
              <CloseButton
                size={28}
                aria-label={t('happen.remove', { event: titles.event(one.type) })}
                onClick={() => change(injected.filter(({ id }) => id !== one.id))}
              />
            </li>
          ))}
        </ul>
      )}
      {editing && (
        <HappeningDialog
          happening={editing}
          onClose={() => setEditing(undefined)}
          save={(next) => {
            change(injected.map((one) => (one.id === editing.id ? { ...next, id: one.id } : one)));
            setEditing(undefined);
          }}
        />
      )}
    </section>
  );
}
