/** Chooses one of the organisation's connections of the kind a schema asks for. Knows connections; no connector by name. */
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { connectionsQuery } from '@/api/connections';
import type { WidgetProps } from '../registry';
import { common } from './common';

export function ConnectionWidget(props: WidgetProps) {
  const { t } = useTranslation('form');
  const { data: connections } = useQuery(connectionsQuery);
  const wanted = props.schema['x-connector'];
  const fitting = connections?.filter((each) => wanted === undefined || each.connector === wanted) ?? [];
  const chosen = typeof props.value === 'string' ? props.value : null;
  const options = fitting.map(({ id, name }) => ({ value: id, label: name }));
  // An expression or a connection that is gone stays visible instead of vanishing.
  if (chosen !== null && !options.some((option) => option.value === chosen)) {
    options.push({ value: chosen, label: chosen });
  }
  return (
    <Select
      {...common(props)}
      data={options}
      value={chosen}
      onChange={(next) => props.onChange(next ?? undefined)}
      placeholder={t(fitting.length === 0 ? 'connection.none' : 'connection.choose')}
      clearable={!props.required}
    />
  );
}
