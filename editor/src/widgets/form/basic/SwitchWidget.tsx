/** Yes or no. Knows nothing else. */
import { Switch } from '@mantine/core';
import { Rich } from '@/ui/Rich';
import type { WidgetProps } from '../registry';

export function SwitchWidget({ label, help, error, disabled, path, schema, value, onChange }: WidgetProps) {
  return (
    <Switch
      label={label}
      description={help === undefined ? undefined : <Rich text={help} />}
      error={error}
      disabled={disabled}
      name={path}
      checked={value === undefined ? schema.default === true : value === true}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
