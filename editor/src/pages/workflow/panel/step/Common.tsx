/** What any step may carry besides its block: tries, time limit, what happens on failure, a note. Knows the format. */
import { Select, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type BlockKind, isArray, setNote } from '@/model';
import { useDraftParts, usePerform } from '../../draft';
import { DocField, usePlace, useValue } from '../place';
import classes from './Step.module.css';

/** Blocks that do something that may be tried again. */
const TRIED: ReadonlySet<BlockKind> = new Set(['action', 'script', 'call']);
/** Blocks that cannot fail. */
const SURE: ReadonlySet<BlockKind> = new Set(['goto', 'stop']);

export function Common({ kind }: { kind: BlockKind | undefined }) {
  const { t } = useTranslation('panel');
  const { value, errors, base } = usePlace();
  const written = ['retry', 'timeout', 'on_error'].filter((name) => Object.hasOwn(value as object, name));
  const isWrong = errors.some((error) => written.some((name) => error.path.startsWith(`${base}/${name}`)));
  const mayFail = kind === undefined || !SURE.has(kind);
  const isTried = (kind !== undefined && TRIED.has(kind)) || written.some((name) => name !== 'on_error');
  return (
    <>
      {mayFail && (
        <details className={classes.more} open={isWrong || undefined}>
          <summary>
            {t('common.failing')}
            {written.length > 0 && <span className="soft"> · {t('common.set')}</span>}
          </summary>
          <div>
            <OnError />
            {isTried && (
              <>
                <DocField
                  path="/retry/attempts"
                  widget="plain_number"
                  schema={{ type: 'integer', minimum: 1, maximum: 100 }}
                  label={t('common.attempts')}
                  help={t('common.attempts_help')}
                />
                <DocField path="/retry/backoff" widget="plain_duration" label={t('common.backoff')} />
                <DocField
                  path="/retry/factor"
                  widget="plain_number"
                  schema={{ type: 'number', minimum: 1 }}
                  label={t('common.factor')}
                />
                <DocField path="/retry/max" widget="plain_duration" label={t('common.max')} />
                <DocField
                  path="/timeout"
                  widget="plain_duration"
                  label={t('common.timeout')}
                  help={t('common.timeout_help')}
                />
              </>
            )}
          </div>
        </details>
      )}
      <Note />
    </>
  );
}

const FAILS = ['fail', 'continue', 'steps'] as const;

function OnError() {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const written = useValue('/on_error');
  const chosen = isArray(written) ? 'steps' : written === 'continue' ? 'continue' : 'fail';
  return (
    <div>
      <Select
        label={t('common.on_error')}
        disabled={place.disabled}
        data={FAILS.map((one) => ({ value: one, label: t(`on_error.${one}`) }))}
        value={chosen}
        onChange={(next) => {
          if (next === null || next === chosen) return;
          place.change('/on_error', next === 'steps' ? [] : next === 'continue' ? 'continue' : undefined);
        }}
      />
      {isArray(written) && <p className={classes.count}>{t('side.steps', { count: written.length })}</p>}
    </div>
  );
}

function Note() {
  const { t } = useTranslation('panel');
  const { session } = useDraftParts();
  const perform = usePerform();
  const { step = '', disabled, base } = usePlace();
  const note = useValue('/note');
  return (
    <div data-field={`${base}/note`}>
      <Textarea
        label={t('common.note')}
        description={t('common.note_help')}
        rows={2}
        disabled={disabled}
        value={typeof note === 'string' ? note : ''}
        onChange={(event) => void perform(setNote(session.document, step, event.currentTarget.value))}
        onBlur={() => session.settle()}
      />
    </div>
  );
}
