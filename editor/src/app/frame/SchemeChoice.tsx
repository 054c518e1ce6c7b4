/** Light, dark, or as the device says. Knows the colour scheme only. */
import { SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function SchemeChoice() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      aria-label={t('scheme.label')}
      fullWidth
      size="xs"
      value={colorScheme}
      onChange={(next) => setColorScheme(next as typeof colorScheme)}
      data={[
        { value: 'auto', label: t('scheme.auto') },
        { value: 'light', label: t('scheme.light') },
        { value: 'dark', label: t('scheme.dark') },
      ]}
    />
  );
}
