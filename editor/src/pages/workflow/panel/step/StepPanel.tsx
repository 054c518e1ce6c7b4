/** Everything about one step. Knows which form is whose; never what a form holds. */
import { Switch } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { kindOf, type Place, setEnabled, waysOf } from '@/model';
import { useDraftPart, useDraftParts, usePerform } from '../../draft';
import { Frame } from '../Frame';
import { PlaceContext, useNewPlace } from '../place';
import { problemsAt } from '../problems';
import { Unplaced } from '../Unplaced';
import { Common } from './Common';
import { FORMS } from './forms';
import { StepHead } from './StepHead';

export function StepPanel({ place: at }: { place: Place }) {
  const { t } = useTranslation('panel');
  const { session } = useDraftParts();
  const perform = usePerform();
  const problems = useDraftPart((state) => state.problems);
  const { path, step, key } = at;
  const errors = useMemo(() => {
    const ways = waysOf(step).map((way) => path + way.path);
    return problemsAt(problems, path, ways);
  }, [problems, path, step]);
  const place = useNewPlace(path, key, step, errors);
  const kind = kindOf(step);
  const Form = kind === undefined ? undefined : FORMS[kind];
  const isOff = step.enabled === false;
  return (
    <PlaceContext value={place}>
      <Frame head={<StepHead key={key} place={at} />}>
        <Unplaced errors={errors} />
        {Form && <Form />}
        <Common kind={kind} />
        <Switch
          label={t('common.enabled')}
          description={t('common.enabled_help')}
          disabled={place.disabled}
          checked={!isOff}
          onChange={() => void perform(setEnabled(session.document, [key], isOff))}
        />
      </Frame>
    </PlaceContext>
  );
}
