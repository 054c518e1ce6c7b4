/** Something that goes in and never comes out. Knows no secret that is stored. */
import { PasswordInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { WidgetProps } from '../registry';
import { common } from './common';

export function SecretWidget(props: WidgetProps) {
  const { t } = useTranslation('form');
  return (
    <PasswordInput
      {...common(props)}
      autoComplete="off"
      spellCheck={false}
      value={typeof props.value === 'string' ? props.value : ''}
      onChange={(event) =>
        props.onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)
      }
      visibilityToggleButtonProps={{ 'aria-label': t('secret.show', { label: props.label }), tabIndex: 0 }}
    />
  );
}
