/** A device's state in a word and a colour. Knows the states; the sentence that explains one comes from the server. */
import { useTranslation } from 'react-i18next';
import type { DeviceState } from '@/api/sensors';
import { Mark, type Tone } from '@/ui/Mark';

const TONES: Record<DeviceState, Tone> = {
  online: 'good',
  quiet: 'wait',
  sleeping: 'info',
  offline: 'bad',
  never: 'calm',
};

export function DeviceMark({ state }: { state: DeviceState }) {
  const { t } = useTranslation('devices');
  return <Mark tone={TONES[state]}>{t(`state.${state}`)}</Mark>;
}
