/** Chooses the sample: a run, an event that came, the catalogue's example, or whatever somebody writes. Knows samples. */
import { Button, Input, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunView } from '@/api/schema.gen';
import { useFormats } from '@/i18n/use-lang';
import { type Json, triggerEvents } from '@/model';
import { useDocument, useDraftParts, useSample } from '../draft';
import { CodeField } from '../panel/code/CodeField';
import { useTitles } from '../say';
import classes from './Sample.module.css';
import { exampleOfTrigger, ofEvent, type Pinned, readRun } from './sample';

export function SampleDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['panel', 'shell']);
  const { catalog } = useDraftParts();
  const sample = useSample();
  const types = triggerEvents(useDocument());
  const titles = useTitles();
  const formats = useFormats();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Pinned>({
    type: sample.type,
    data: sample.event,
    steps: sample.steps,
    at: sample.at,
  });
  const [entry, setEntry] = useState<string>();
  const [text, setText] = useState(() => JSON.stringify(sample.event, null, 2));
  const read = parsed(text);
  const choose = (id: string, next: Pinned | undefined) => {
    if (!next) return;
    setEntry(id);
    setChosen(next);
    setText(JSON.stringify(next.data, null, 2));
  };
  const chooseRun = async (run: RunView) =>
    choose(
      run.id,
      await client.fetchQuery({ queryKey: ['sample', 'run', run.id], queryFn: () => readRun(run) }),
    );
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('sample.title')}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <div className={classes.parts}>
        <Entries
          title={t('sample.runs')}
          entries={sample.runs.slice(0, 5).flatMap((run) =>
            run.event_id === null
              ? []
              : [
                  {
                    id: run.id,
                    name: run.key,
                    when: formats.moment(run.started_at),
                    isChosen: entry === run.id,
                    choose: () => void chooseRun(run),
                  },
                ],
          )}
        />
        <Entries
          title={t('sample.events')}
          entries={sample.recent.slice(0, 5).map((event) => ({
            id: event.id,
            name: titles.event(event.type),
            when: formats.moment(event.received_at),
            isChosen: entry === event.id,
            choose: () => choose(event.id, ofEvent(event)),
          }))}
        />
        <Entries
          title={t('sample.catalog')}
          entries={(types.length === 0 ? [''] : types).map((type) => ({
            id: type,
            name: type === '' ? t('sample.nothing') : titles.event(type),
            when: '',
            isChosen: entry === type,
            choose: () => choose(type, exampleOfTrigger([type], catalog)),
          }))}
        />
        <div>
          <Input.Label component="div">{t('sample.json')}</Input.Label>
          <CodeField
            value={text}
            onChange={setText}
            mode="json"
            lines="code"
            label={t('sample.json')}
            invalid={read === undefined}
          />
          {read === undefined && <Input.Error mt={5}>{t('sample.wrong')}</Input.Error>}
        </div>
        <div className={classes.ends}>
          {sample.from === 'pinned' && (
            <Button
              variant="subtle"
              color="gray"
              onClick={() => {
                sample.pin(undefined);
                onClose();
              }}
            >
              {t('sample.unpin')}
            </Button>
          )}
          <Button
            disabled={read === undefined}
            onClick={() => {
              sample.pin({ ...chosen, data: read ?? {} });
              onClose();
            }}
          >
            {t('sample.pin')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly when: string;
  readonly isChosen: boolean;
  choose(): void;
}

function Entries({ title, entries }: { title: string; entries: readonly Entry[] }) {
  if (entries.length === 0) return null;
  return (
    <section className={classes.part}>
      <h3>{title}</h3>
      <ul className={classes.list}>
        {entries.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              className={classes.item}
              aria-pressed={entry.isChosen}
              onClick={entry.choose}
            >
              <span>{entry.name}</span>
              <span className="soft nowrap">{entry.when}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
