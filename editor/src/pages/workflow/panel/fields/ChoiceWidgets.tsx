/** One of what there is: an event, another workflow, a step, a zone. Knows lists and their words; no entry by name. */
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { workflowsQuery } from '@/api/workflows';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { placesOf, summaryOf } from '@/model';
import { common } from '@/widgets/form/basic/common';
import type { WidgetProps } from '@/widgets/form/registry';
import { useDocument, useDraftParts } from '../../draft';
import { useSay } from '../../say';
import { usePlace } from '../place';

interface Entry {
  readonly value: string;
  readonly label: string;
}

/** A list to search in; what is written and not in it stays visible. */
function Listed({ entries, ...props }: WidgetProps & { entries: readonly Entry[] }) {
  const { t } = useTranslation('panel');
  const chosen = typeof props.value === 'string' && props.value !== '' ? props.value : null;
  const isKnown = chosen === null || entries.some((entry) => entry.value === chosen);
  return (
    <Select
      {...common(props)}
      searchable
      nothingFoundMessage={t('choice.none')}
      data={isKnown ? [...entries] : [...entries, { value: chosen, label: chosen }]}
      value={chosen}
      onChange={(next) => props.onChange(next ?? undefined)}
      clearable={!props.required}
    />
  );
}

/** Names that nobody has to have announced. */
const OWN = /^custom\.[a-z][a-z0-9_.]*$/;

export function EventWidget(props: WidgetProps) {
  const { t } = useTranslation('panel');
  const { catalog } = useDraftParts();
  const lang = useLang();
  const [typed, setTyped] = useState('');
  const chosen = typeof props.value === 'string' && props.value !== '' ? props.value : null;
  const entries = Object.entries(catalog.events)
    .map(([value, { title }]) => ({ value, label: localText(title, lang) ?? value }))
    .toSorted((a, b) => a.label.localeCompare(b.label, lang));
  const offered = [typed.trim(), chosen ?? ''].filter(
    (name, at, all) => name !== '' && all.indexOf(name) === at && !Object.hasOwn(catalog.events, name),
  );
  const own = offered.filter((name) => OWN.test(name) || name === chosen);
  return (
    <Select
      {...common(props)}
      searchable
      onSearchChange={setTyped}
      nothingFoundMessage={t('choice.no_event')}
      placeholder={t('choice.event')}
      data={[...entries, ...own.map((value) => ({ value, label: value }))]}
      value={chosen}
      onChange={(next) => props.onChange(next ?? undefined)}
    />
  );
}

export function ActionWidget(props: WidgetProps) {
  const { catalog } = useDraftParts();
  const lang = useLang();
  const entries = Object.values(catalog.nodes).map(({ kind, title }) => ({
    value: kind,
    label: localText(title, lang) ?? kind,
  }));
  return <Listed {...props} entries={entries} />;
}

export function WorkflowWidget(props: WidgetProps) {
  const { t } = useTranslation('workflows');
  const { workflow } = useDraftParts();
  const lang = useLang();
  const { data: all = [] } = useQuery(workflowsQuery);
  const entries = all
    .filter(({ id }) => id !== workflow.id)
    .map(({ id, name }) => ({ value: id, label: localText(name, lang) ?? t('nameless') }));
  return <Listed {...props} entries={entries} />;
}

export function StepWidget(props: WidgetProps) {
  const document = useDocument();
  const { step } = usePlace();
  const say = useSay();
  const entries = [...placesOf(document).values()]
    .filter(({ key }) => key !== step)
    .map(({ key, step: one }) => ({ value: key, label: `${key} · ${say(summaryOf(one))}` }));
  return <Listed {...props} entries={entries} />;
}

/** The schema may name clocks besides the zones of the world: the person's, the shop's. */
export function ZoneWidget(props: WidgetProps) {
  const { t } = useTranslation('panel');
  const own = props.schema.enum?.includes('contact')
    ? [
        { value: 'contact', label: t('zone.contact') },
        { value: 'org', label: t('zone.org') },
      ]
    : [];
  const zones = Intl.supportedValuesOf('timeZone').map((value) => ({
    value,
    label: value.replaceAll('_', ' '),
  }));
  return <Listed {...props} entries={[...own, ...zones]} />;
}
