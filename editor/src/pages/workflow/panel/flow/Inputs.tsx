/** What is asked when the workflow is installed: each question with its kind, words and usual answer. Knows `Input`. */
import { Button, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { field, freshId, join, objectAt, textAt } from '@/model';
import { useDraftParts } from '../../draft';
import { useChoices } from '../choices';
import { DocField, usePlace, useValue } from '../place';
import step from '../step/Step.module.css';
import classes from './Flow.module.css';

const KINDS = [
  'text',
  'number',
  'boolean',
  'duration',
  'money',
  'time',
  'choice',
  'connection',
  'phone',
  'email',
] as const;

/** What each kind of answer is written with. */
const WIDGETS: Readonly<Record<string, string>> = {
  text: 'plain_text',
  number: 'plain_number',
  boolean: 'plain_switch',
  duration: 'plain_duration',
  money: 'plain_money',
  time: 'time',
  choice: 'plain_text',
  connection: 'plain_connection',
  phone: 'plain_text',
  email: 'plain_text',
};

export function Inputs() {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const inputs = objectAt(place.value, 'inputs');
  const [title, setTitle] = useState('');
  const add = () => {
    const name = freshId({ has: (id) => Object.hasOwn(inputs, id) }, title);
    place.change(join('/inputs', name), { type: 'text', title: title.trim() });
    setTitle('');
  };
  return (
    <section className={classes.part} data-field="/inputs">
      <h3 className={classes.title}>{t('inputs.title')}</h3>
      <p className={step.count}>{t('inputs.help')}</p>
      {Object.keys(inputs).map((name) => (
        <Question key={name} name={name} />
      ))}
      {!place.disabled && (
        <form
          className={classes.new}
          onSubmit={(event) => {
            event.preventDefault();
            if (title.trim() !== '') add();
          }}
        >
          <TextInput
            label={t('inputs.new')}
            data-own-undo
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <Button
            type="submit"
            variant="default"
            disabled={title.trim() === ''}
            leftSection={<IconPlus size={15} aria-hidden />}
          >
            {t('inputs.add')}
          </Button>
        </form>
      )}
    </section>
  );
}

function Question({ name }: { name: string }) {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const lang = useLang();
  const path = join('/inputs', name);
  const input = useValue(path);
  const kind = textAt(input, 'type') ?? 'text';
  const kinds = useChoices(KINDS, (one) => t(`input_kind.${one as 'text'}`));
  const isWrong = place.errors.some((error) => error.path.startsWith(path));
  return (
    <details className={`${step.box} ${classes.input}`} open={isWrong || undefined}>
      <summary>
        {localText(field(input, 'title'), lang) ?? name} <code className="mono soft">{`inputs.${name}`}</code>
      </summary>
      <div>
        <DocField
          path={`${path}/type`}
          widget="plain_select"
          schema={kinds}
          label={t('inputs.kind')}
          required
        />
        <DocField path={`${path}/title`} widget="texts" label={t('inputs.question')} />
        <DocField path={`${path}/help`} widget="texts" label={t('inputs.hint')} />
        {kind === 'connection' && <Connector path={`${path}/connector`} />}
        {kind === 'choice' && (
          <DocField
            path={`${path}/options`}
            widget="plain_list"
            schema={{ type: 'array', items: { type: 'string', 'x-widget': 'plain_text' } }}
            label={t('inputs.options')}
          />
        )}
        {kind === 'number' && (
          <div className={step.two}>
            <DocField path={`${path}/min`} widget="plain_number" label={t('inputs.min')} />
            <DocField path={`${path}/max`} widget="plain_number" label={t('inputs.max')} />
          </div>
        )}
        {kind !== 'connection' && (
          <DocField
            path={`${path}/default`}
            widget={WIDGETS[kind] ?? 'plain_text'}
            label={t('inputs.default')}
          />
        )}
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          disabled={place.disabled}
          style={{ justifySelf: 'start' }}
          leftSection={<IconTrash size={15} aria-hidden />}
          onClick={() => {
            const only = Object.keys(objectAt(place.value, 'inputs')).length === 1;
            place.change(only ? '/inputs' : path, undefined);
          }}
        >
          {t('inputs.remove', { name })}
        </Button>
      </div>
    </details>
  );
}

function Connector({ path }: { path: string }) {
  const { t } = useTranslation('panel');
  const { catalog } = useDraftParts();
  const place = usePlace();
  const lang = useLang();
  const written = useValue(path);
  return (
    <div data-field={path}>
      <Select
        label={t('inputs.connector')}
        disabled={place.disabled}
        data={Object.values(catalog.connectors).map(({ name, title }) => ({
          value: name,
          label: localText(title, lang) ?? name,
        }))}
        value={typeof written === 'string' ? written : null}
        onChange={(next) => place.change(path, next ?? undefined)}
      />
    </div>
  );
}
