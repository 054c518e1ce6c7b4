/** What a step was given and what it left, folded. Knows data and nothing of its meaning. */
import { useTranslation } from 'react-i18next';
import { JsonEntries } from '@/ui/JsonView';
import classes from './StepData.module.css';
import type { Told } from './story';

export function StepData({ step }: { step: Pick<Told, 'input' | 'output'> }) {
  const { t } = useTranslation('runs');
  return (
    <div className={classes.datas}>
      <Data name={t('input')} value={step.input} />
      <Data name={t('output')} value={step.output} />
    </div>
  );
}

function Data({ name, value }: { name: string; value: object | null | undefined }) {
  if (value === null || value === undefined || Object.keys(value).length === 0) return null;
  return (
    <details className={classes.data}>
      <summary>{name}</summary>
      <div className={classes.inner}>
        <JsonEntries value={value} />
      </div>
    </details>
  );
}
