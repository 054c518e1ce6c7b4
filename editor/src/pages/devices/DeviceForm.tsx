/** What a device is called, where it stands, what it measures and what it can switch. Knows the profile's shape. */
import { NumberInput, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type ApiError, fieldError } from '@/api/problem';
import { Panel } from '@/ui/Panel';
import classes from './Devices.module.css';
import type { Draft } from './draft';
import { ActuatorFields, MetricFields } from './ProfileFields';

/** As high as a finger needs. */
const FIELD = { inputField: { minHeight: 24 } };

interface Props {
  draft: Draft;
  onChange: (next: Draft) => void;
  error: ApiError | null;
  places: readonly string[];
}

export function DeviceForm({ draft, onChange, error, places }: Props) {
  const { t } = useTranslation('devices');
  const set = (part: Partial<Draft>) => onChange({ ...draft, ...part });
  return (
    <>
      <Panel title={t('form.about')}>
        <div className={classes.stack}>
          <TextInput
            label={t('form.name')}
            required
            value={draft.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={fieldError(error, 'name')?.message}
          />
          <div className={classes.pair}>
            <TextInput
              label={t('form.place')}
              description={t('form.place_help')}
              list="places"
              value={draft.place}
              onChange={(event) => set({ place: event.currentTarget.value })}
              error={fieldError(error, 'place')?.message}
            />
            <datalist id="places">
              {places.map((place) => (
                <option key={place} value={place} />
              ))}
            </datalist>
            <TextInput
              label={t('form.model')}
              value={draft.model}
              onChange={(event) => set({ model: event.currentTarget.value })}
            />
          </div>
          <TextInput
            label={t('form.serial')}
            description={t('form.serial_help')}
            value={draft.serial}
            onChange={(event) => set({ serial: event.currentTarget.value })}
            error={fieldError(error, 'serial')?.message}
          />
          <TagsInput
            label={t('form.tags')}
            description={t('form.tags_help')}
            styles={FIELD}
            value={[...draft.tags]}
            onChange={(tags) => set({ tags })}
          />
          <div className={classes.pair}>
            <NumberInput
              label={t('form.lat')}
              description={t('form.lat_help')}
              min={-90}
              max={90}
              hideControls
              value={draft.lat ?? ''}
              onChange={(lat) => set({ lat: typeof lat === 'number' ? lat : undefined })}
            />
            <NumberInput
              label={t('form.lon')}
              min={-180}
              max={180}
              hideControls
              value={draft.lon ?? ''}
              onChange={(lon) => set({ lon: typeof lon === 'number' ? lon : undefined })}
            />
          </div>
          <Textarea
            label={t('form.note')}
            autosize
            minRows={2}
            value={draft.note}
            onChange={(event) => set({ note: event.currentTarget.value })}
          />
        </div>
      </Panel>
      <Panel title={t('form.metrics')} lead={t('form.metrics_lead')}>
        <MetricFields metrics={draft.metrics} onChange={(metrics) => set({ metrics })} error={error} />
      </Panel>
      <Panel title={t('form.actuators')} lead={t('form.actuators_lead')}>
        <ActuatorFields
          actuators={draft.actuators}
          onChange={(actuators) => set({ actuators })}
          error={error}
        />
      </Panel>
    </>
  );
}
