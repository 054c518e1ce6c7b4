/** Asks what a widget is to show. Knows the kinds and what each needs. */
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newKey } from '@/api/client';
import { type DashboardWidget, type DeviceView, WIDGET_KINDS, type WidgetKind } from '@/api/sensors';
import { SPANS } from '@/widgets/chart/window';
import { metricsOf, useMetricTitle } from '@/widgets/device/values';
import classes from './Dashboard.module.css';
import { SIZES } from './layout';

interface Props {
  devices: readonly DeviceView[];
  /** The one that is changed; a new one when absent. */
  widget?: DashboardWidget;
  onClose: () => void;
  onDone: (widget: DashboardWidget) => void;
}

const OF_DEVICE: readonly WidgetKind[] = ['last', 'chart', 'state'];
const OF_METRIC: readonly WidgetKind[] = ['last', 'chart'];
const OF_PLACE: readonly WidgetKind[] = ['alerts', 'map', 'activity', 'counter'];
const HOURS = 24;

export function WidgetDialog({ devices, widget, onClose, onDone }: Props) {
  const { t } = useTranslation(['dashboard', 'shell', 'devices']);
  const title = useMetricTitle();
  const [draft, setDraft] = useState<DashboardWidget>(
    () => widget ?? { id: newKey(), kind: 'last', x: 0, y: 0, w: SIZES.last[0], h: SIZES.last[1] },
  );
  const set = (part: Partial<DashboardWidget>) => setDraft((before) => ({ ...before, ...part }));
  const device = devices.find(({ id }) => id === draft.device);
  const metrics = device === undefined ? [] : metricsOf(device);
  const places = [...new Set(devices.map(({ place }) => place).filter((place) => place != null))].toSorted();
  const needsDevice = OF_DEVICE.includes(draft.kind);
  const needsMetric = OF_METRIC.includes(draft.kind);
  const isWhole = (!needsDevice || device !== undefined) && (!needsMetric || !!draft.metric);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(widget === undefined ? 'dialog.add' : 'dialog.edit')}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isWhole) onDone(draft);
        }}
      >
        {widget === undefined && (
          <Select
            label={t('dialog.kind')}
            data-autofocus
            value={draft.kind}
            onChange={(next) => {
              const kind = WIDGET_KINDS.find((one) => one === next);
              if (kind !== undefined) set({ kind, w: SIZES[kind][0], h: SIZES[kind][1] });
            }}
            data={WIDGET_KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
          />
        )}
        {needsDevice && (
          <Select
            label={t('dialog.device')}
            required
            searchable
            value={draft.device ?? null}
            onChange={(next) => {
              const chosen = devices.find(({ id }) => id === next);
              const metric = chosen && metricsOf(chosen)[0]?.name;
              set({ device: next ?? undefined, metric });
            }}
            data={devices.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
        {needsMetric && (
          <Select
            label={t('dialog.metric')}
            required
            disabled={device === undefined}
            value={draft.metric ?? null}
            onChange={(metric) => set({ metric: metric ?? undefined })}
            data={metrics.map((metric) => ({ value: metric.name, label: title(metric) }))}
          />
        )}
        {draft.kind === 'chart' && (
          <Select
            label={t('dialog.hours')}
            value={String(draft.from ?? HOURS)}
            onChange={(hours) => set({ from: Number(hours) })}
            data={SPANS.map((hours) => ({
              value: String(hours),
              label: t(`devices:chart.hours.${String(hours) as '6'}`),
            }))}
          />
        )}
        {OF_PLACE.includes(draft.kind) && places.length > 0 && (
          <Select
            label={t('dialog.place')}
            placeholder={t('dialog.everywhere')}
            clearable
            clearButtonProps={{ 'aria-label': t('dialog.everywhere') }}
            value={draft.place ?? null}
            onChange={(place) => set({ place: place ?? undefined })}
            data={places}
          />
        )}
        <TextInput
          label={t('dialog.title')}
          description={t('dialog.title_help')}
          value={draft.title ?? ''}
          onChange={(event) => set({ title: event.currentTarget.value || undefined })}
        />
        <Button type="submit" disabled={!isWhole} style={{ justifySelf: 'end' }}>
          {t(widget === undefined ? 'dialog.add' : 'dialog.done')}
        </Button>
      </form>
    </Modal>
  );
}
