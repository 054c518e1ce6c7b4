/**
 * Which arriving event is meant: fields of it that equal values of this run. Knows the event's fields by the
 * catalogue; the event's name stands beside it in the document.
 */
import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useLang } from '@/i18n/use-lang';
import { type Json, objectAt, textAt, triggerEvents, valueAt } from '@/model';
import { usePairs } from '@/widgets/form/basic/pairs';
import type { WidgetProps } from '@/widgets/form/registry';
import { FieldView } from '@/widgets/form/SchemaForm';
import formClasses from '@/widgets/form/SchemaForm.module.css';
import { inside, labelOf } from '@/widgets/form/schema';
import { useDocument, useDraftParts } from '../../draft';
import classes from './fields.module.css';
import { Suggestions } from './Suggestions';

/** Fields that tell one person, cart or order from another. */
const TELLING = /^(contact|.+_id)$/;

export function MatchWidget({ path, label, help, error, errors, disabled, value, onChange }: WidgetProps) {
  const { t } = useTranslation(['panel', 'form']);
  const { catalog } = useDraftParts();
  const document = useDocument();
  const lang = useLang();
  const { pairs, set, add } = usePairs(value, onChange);
  const heard = textAt(valueAt(document, path.slice(0, path.lastIndexOf('/'))), 'event') ?? '';
  const fields = fieldsOf(catalog.events, heard);
  const own = triggerEvents(document).flatMap((event) => Object.keys(fieldsOf(catalog.events, event)));
  // What both events know is nearly always what ties them together.
  const offers = Object.keys(fields).filter(
    (name) => TELLING.test(name) && own.includes(name) && !pairs.some((pair) => pair.name === name),
  );
  const titleOf = (name: string) => labelOf(name, fields[name] as never, lang);
  return (
    <fieldset className={formClasses.group}>
      <legend>{label}</legend>
      {help !== undefined && <p className={formClasses.help}>{help}</p>}
      <div className={formClasses.rows}>
        {pairs.map((pair, at) => (
          <div key={pair.key} className={formClasses.row}>
            <div className={classes.match}>
              {Object.keys(fields).length === 0 ? (
                <TextInput
                  aria-label={t('match.field', { number: at + 1 })}
                  disabled={disabled}
                  value={pair.name}
                  onChange={(event) => set(pairs.with(at, { ...pair, name: event.currentTarget.value }))}
                />
              ) : (
                <Select
                  aria-label={t('match.field', { number: at + 1 })}
                  disabled={disabled}
                  searchable
                  data={[...new Set([...Object.keys(fields), pair.name])]
                    .filter((name) => name !== '')
                    .map((name) => ({
                      value: name,
                      label: Object.hasOwn(fields, name) ? titleOf(name) : name,
                    }))}
                  value={pair.name === '' ? null : pair.name}
                  onChange={(next) => set(pairs.with(at, { ...pair, name: next ?? '' }))}
                />
              )}
              <span className={classes.equals}>{t('match.equals')}</span>
              <FieldView
                field={{ name: pair.name, schema: { type: 'string' }, required: true, advanced: false }}
                label={t('match.value', { number: at + 1 })}
                bare
                path={inside(path, pair.name)}
                errors={errors}
                disabled={disabled}
                value={pair.value}
                onChange={(next) => set(pairs.with(at, { ...pair, value: next ?? '' }))}
              />
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              disabled={disabled}
              aria-label={t('form:list.remove', { number: at + 1 })}
              onClick={() => set(pairs.toSpliced(at, 1))}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          </div>
        ))}
      </div>
      {!disabled && (
        <Suggestions
          offers={offers.map((name) => ({
            label: t('match.same', { name: titleOf(name) }),
            take: () => onChange({ ...(value as object | undefined), [name]: `\${event.${name}}` }),
          }))}
        />
      )}
      {error !== undefined && <p className={formClasses.error}>{error}</p>}
      <Button
        variant="default"
        size="xs"
        disabled={disabled}
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => add('')}
        style={{ justifySelf: 'start' }}
      >
        {t('form:list.add')}
      </Button>
    </fieldset>
  );
}

function fieldsOf(events: Readonly<Record<string, { readonly data: Json }>>, event: string) {
  return objectAt(Object.hasOwn(events, event) ? events[event]?.data : undefined, 'properties');
}
