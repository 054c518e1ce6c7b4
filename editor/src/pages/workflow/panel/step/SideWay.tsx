/** A way at a step's side that can be there or not: on refusal, when time runs out. Its steps are put in on the canvas. */
import { Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { addWay, isArray, removeWay } from '@/model';
import { Rich } from '@/ui/Rich';
import { useDraftParts, usePerform } from '../../draft';
import { usePlace, useValue } from '../place';
import classes from './Step.module.css';

interface Props {
  kind: 'fallback' | 'timeout';
  path: string;
  label: string;
  help: string;
}

export function SideWay({ kind, path, label, help }: Props) {
  const { t } = useTranslation('panel');
  const { session } = useDraftParts();
  const perform = usePerform();
  const { step = '', disabled } = usePlace();
  const steps = useValue(path);
  const isOn = isArray(steps);
  const count = isOn ? steps.length : 0;
  return (
    <div className={classes.side}>
      <Switch
        label={label}
        description={<Rich text={help} />}
        disabled={disabled}
        checked={isOn}
        onChange={() =>
          void perform(
            isOn ? removeWay(session.document, step, path) : addWay(session.document, step, { kind }),
          )
        }
      />
      {isOn && <p className={classes.count}>{t('side.steps', { count })}</p>}
    </div>
  );
}
