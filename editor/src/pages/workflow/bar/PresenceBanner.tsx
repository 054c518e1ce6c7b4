/** Who else has the workflow open, and the way to take over. Knows names; never what they edit. */
import { Button, Tooltip } from '@mantine/core';
import { IconUser } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useDraftParts, usePresence } from '../draft';
import classes from './Bar.module.css';

export function PresenceBanner() {
  const { t } = useTranslation('editor');
  const { presence, session, mayEdit } = useDraftParts();
  const holder = usePresence((state) => state.holder);
  if (!holder) return null;
  const takeOver = async () => {
    await session.refresh().catch(() => undefined);
    await presence.takeOver();
  };
  return (
    <div className={classes.banner} role="status">
      <p>{t('presence.editing', { name: holder.name || t('presence.somebody') })}</p>
      {mayEdit && (
        <Button size="xs" variant="default" onClick={() => void takeOver()}>
          {t('presence.take_over')}
        </Button>
      )}
    </div>
  );
}

export function PresenceMarks() {
  const { t } = useTranslation('editor');
  const others = usePresence((state) => state.others);
  if (others.length === 0) return null;
  return (
    <div className={classes.marks}>
      {others.slice(0, 4).map((one) => {
        const words = t(one.editing ? 'presence.edits' : 'presence.watches', {
          name: one.name || t('presence.somebody'),
        });
        return (
          <Tooltip key={one.editor} label={words}>
            <span className={classes.face} role="img" aria-label={words}>
              {initials(one.name) || <IconUser size={16} aria-hidden />}
            </span>
          </Tooltip>
        );
      })}
    </div>
  );
}

function initials(name: string): string {
  return name
    .split(/[\s@.]+/)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? '')
    .join('');
}
