/** Further bounds that raise an alert to a higher level, one box each. Knows the document's `levels`. */
import { Button } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LEVELS } from '@/api/sensors';
import { field, isArray, isObject } from '@/model';
import { useChoices } from '../choices';
import { DocField, usePlace, useValue } from '../place';
import step from '../step/Step.module.css';
import { type Bound, BoundFields, FIRST_BOUND } from './SensorForm';

const RUNG_BOUNDS = ['above', 'below', 'outside', 'silence'] as const;

export function RungFields({ path, bound }: { path: string; bound: Bound }) {
  const { t } = useTranslation('panel');
  const place = usePlace();
  const written = useValue(path);
  const rungs = isArray(written) ? written : [];
  const levels = useChoices(LEVELS, (one) => t(`sensor.level_${one as 'info'}`));
  const first: Bound = bound === 'between' ? 'above' : bound;
  return (
    <>
      {rungs.map((rung, at) => {
        const value = isObject(rung) ? rung : {};
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: further bounds have no name but their place
          <div key={at} className={step.box}>
            <DocField
              path={`${path}/${at}/level`}
              widget="plain_select"
              schema={levels}
              label={t('sensor.raise_to')}
              required
            />
            <BoundFields
              path={`${path}/${at}`}
              value={value}
              bound={RUNG_BOUNDS.find((one) => field(value, one) !== undefined) ?? 'above'}
              bounds={RUNG_BOUNDS}
              label={t('sensor.when')}
            />
            <DocField path={`${path}/${at}/for`} widget="duration" label={t('sensor.for')} />
            <Button
              variant="subtle"
              color="gray"
              size="xs"
              disabled={place.disabled}
              style={{ justifySelf: 'start' }}
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={() => place.change(path, rungs.length === 1 ? undefined : rungs.toSpliced(at, 1))}
            >
              {t('sensor.remove_rung', { number: at + 1 })}
            </Button>
          </div>
        );
      })}
      <Button
        variant="default"
        size="xs"
        disabled={place.disabled}
        style={{ justifySelf: 'start' }}
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => place.change(path, [...rungs, { level: 'critical', [first]: FIRST_BOUND[first] }])}
      >
        {t('sensor.add_rung')}
      </Button>
    </>
  );
}
