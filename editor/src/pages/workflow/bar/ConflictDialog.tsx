/** Edits of two people that touch the same thing: both values and a choice for each. Knows conflicts; never how they merge. */
import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Conflict, type Json, type Side, writeText } from '@/model';
import { useDraftPart, useDraftParts } from '../draft';
import { useSay } from '../say';
import classes from './Bar.module.css';

export function ConflictDialog() {
  const { t } = useTranslation('editor');
  const { session } = useDraftParts();
  const conflict = useDraftPart((state) => state.conflict);
  return (
    <Modal
      opened={conflict !== undefined}
      onClose={() => session.resolve()}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      size="lg"
      title={t('conflict.title')}
    >
      <p>{t('conflict.words')}</p>
      {conflict?.merged.conflicts.map((one) => (
        <ConflictView key={one.id} conflict={one} choose={(side) => session.choose(one.id, side)} />
      ))}
      <div style={{ display: 'flex', justifyContent: 'flex-end', paddingTop: '1rem' }}>
        <Button onClick={() => session.resolve()} data-autofocus>
          {t('conflict.go_on')}
        </Button>
      </div>
    </Modal>
  );
}

function ConflictView({ conflict, choose }: { conflict: Conflict; choose: (side: Side) => void }) {
  const { t } = useTranslation('editor');
  const say = useSay();
  const words = say(conflict.label);
  return (
    <section className={classes.conflict}>
      <h3>
        {conflict.step !== undefined && <code>{conflict.step}</code>} {words}
      </h3>
      <div className={classes.sides} role="radiogroup" aria-label={words}>
        {(['mine', 'theirs'] as const).map((side) => (
          // biome-ignore lint/a11y/useSemanticElements: a radio with a block of text inside
          <button
            key={side}
            type="button"
            role="radio"
            aria-checked={conflict.choice === side}
            className={classes.side}
            onClick={() => choose(side)}
          >
            <strong>{t(`conflict.${side}`)}</strong>
            <pre className="mono">{shown(conflict[side]) ?? t('conflict.nothing')}</pre>
          </button>
        ))}
      </div>
    </section>
  );
}

function shown(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : writeText(value);
}
