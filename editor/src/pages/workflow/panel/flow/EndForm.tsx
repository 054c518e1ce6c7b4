/** Events that end a run wherever it is, and the one that counts as success. Knows the document's exits and goal. */
import { Button } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isArray, isObject } from '@/model';
import { DocField, usePlace, useValue } from '../place';
import step from '../step/Step.module.css';
import classes from './Flow.module.css';
import { ListenFields } from './ListenFields';

export function EndForm() {
  return (
    <>
      <Exits />
      <Goal />
    </>
  );
}

function Exits() {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const written = useValue('/exit');
  const exits = isArray(written) ? written : [];
  return (
    <section className={classes.part}>
      <h3 className={classes.title}>{t('exit.title')}</h3>
      <p className={step.count}>{t('exit.help')}</p>
      {exits.map((_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: exits have no name but their place
        <div key={at} className={step.box}>
          <ListenFields path={`/exit/${at}`} />
          <DocField
            path={`/exit/${at}/outcome`}
            widget="plain_text"
            label={t('exit.outcome')}
            help={t('exit.outcome_help')}
          />
          <Remove
            label={t('exit.remove', { number: at + 1 })}
            onRemove={() => place.change('/exit', exits.length === 1 ? undefined : exits.toSpliced(at, 1))}
          />
        </div>
      ))}
      <Add label={t('exit.add')} onAdd={() => place.change('/exit', [...exits, { event: '', match: {} }])} />
    </section>
  );
}

function Goal() {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const goal = useValue('/goal');
  return (
    <section className={classes.part}>
      <h3 className={classes.title}>{t('goal.title')}</h3>
      <p className={step.count}>{t('goal.help')}</p>
      {isObject(goal) ? (
        <div className={step.box}>
          <ListenFields path="/goal" />
          <DocField
            path="/goal/within"
            widget="plain_duration"
            label={t('goal.within')}
            help={t('goal.within_help')}
            required
          />
          <Remove label={t('goal.remove')} onRemove={() => place.change('/goal', undefined)} />
        </div>
      ) : (
        <Add
          label={t('goal.add')}
          onAdd={() => place.change('/goal', { event: '', match: {}, within: '7d' })}
        />
      )}
    </section>
  );
}

function Remove({ label, onRemove }: { label: string; onRemove: () => void }) {
  const { disabled } = usePlace();
  return (
    <Button
      variant="subtle"
      color="gray"
      size="xs"
      disabled={disabled}
      style={{ justifySelf: 'start' }}
      leftSection={<IconTrash size={15} aria-hidden />}
      onClick={onRemove}
    >
      {label}
    </Button>
  );
}

function Add({ label, onAdd }: { label: string; onAdd: () => void }) {
  const { disabled } = usePlace();
  return (
    <Button
      variant="default"
      size="xs"
      disabled={disabled}
      style={{ justifySelf: 'start' }}
      leftSection={<IconPlus size={15} aria-hidden />}
      onClick={onAdd}
    >
      {label}
    </Button>
  );
}
