/** What an alert is about in a few words: the device or the cause, the metric and the value. Knows alerts as data. */
import { useTranslation } from 'react-i18next';
import type { AlertView } from '@/api/sensors';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { useMetricTitle, useValueText } from '../device/values';

export interface AlertWords {
  title(alert: AlertView): string;
  /** `Temperatura 11,4 °C`; `undefined` when it is about no value. */
  value(alert: AlertView): string | undefined;
}

export function useAlertWords(): AlertWords {
  const { t } = useTranslation('alerts');
  const lang = useLang();
  const metric = useMetricTitle();
  const told = useValueText();
  return {
    title: (alert) => {
      if (alert.cause) return t(`cause.${alert.cause}`, { count: alert.devices?.length ?? 1 });
      return alert.device_name ?? localText(alert.workflow_name, lang) ?? t('unnamed');
    },
    value: ({ metric: name, value, unit }) => {
      if (!name) return undefined;
      const title = metric({ name });
      return value == null ? title : `${title} ${told(value, unit)}`;
    },
  };
}
