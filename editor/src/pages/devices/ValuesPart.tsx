/** The last value of each metric; touching one shows its chart. Knows metrics; never the chart. */
import { UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { DeviceView } from '@/api/sensors';
import { metricOf, useMetricTitle, Value } from '@/widgets/device/values';
import classes from './Devices.module.css';

interface Props {
  device: DeviceView;
  names: readonly string[];
  chosen: string | undefined;
  onChoose: (name: string) => void;
}

export function ValuesPart({ device, names, chosen, onChoose }: Props) {
  const { t } = useTranslation('devices');
  const title = useMetricTitle();
  if (names.length === 0) return <p className={classes.none}>{t('no_metrics')}</p>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid in every browser
    <div role="group" aria-label={t('values.label')} className={classes.cards}>
      {names.map((name) => {
        const metric = metricOf(device, name);
        const last = device.last.find((one) => one.metric === name);
        return (
          <UnstyledButton
            key={name}
            className={classes.card}
            aria-pressed={name === chosen}
            onClick={() => onChoose(name)}
          >
            <span className={classes.cardName}>{title(metric)}</span>
            {last === undefined ? (
              <span className="soft">{t('no_values')}</span>
            ) : (
              <Value last={last} metric={metric} bare large />
            )}
          </UnstyledButton>
        );
      })}
    </div>
  );
}
