/** What a widget is called: its own title, else what it shows. Knows devices' names. */
import { useTranslation } from 'react-i18next';
import type { DashboardWidget, DeviceView } from '@/api/sensors';
import { metricOf, useMetricTitle } from '@/widgets/device/values';

export function useWidgetTitle(devices: readonly DeviceView[]): (widget: DashboardWidget) => string {
  const { t } = useTranslation('dashboard');
  const title = useMetricTitle();
  return (widget) => {
    if (widget.title) return widget.title;
    const device = devices.find(({ id }) => id === widget.device);
    if (device === undefined) return widget.place ?? t(`kind.${widget.kind}`);
    if (!widget.metric) return device.name;
    return `${device.name} · ${title(metricOf(device, widget.metric))}`;
  };
}
