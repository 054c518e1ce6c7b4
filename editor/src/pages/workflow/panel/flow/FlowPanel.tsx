/** The workflow's own fields in three parts: what starts it, what ends it, what it is. Knows the document's header. */
import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { END } from '@/model';
import { useDocument, useDraftPart, useUi } from '../../draft';
import { StepIcon } from '../../palette/icons';
import { Frame } from '../Frame';
import classes from '../Frame.module.css';
import { PlaceContext, useNewPlace } from '../place';
import { problemsAt } from '../problems';
import { Unplaced } from '../Unplaced';
import { EndForm } from './EndForm';
import flow from './Flow.module.css';
import { SettingsForm } from './SettingsForm';
import { TriggerForm } from './TriggerForm';

const PARTS = ['trigger', 'end', 'settings'] as const;
type Part = (typeof PARTS)[number];

/** Where each part's fields begin. */
const HOME: Readonly<Record<Part, readonly string[]>> = {
  trigger: ['trigger'],
  end: ['exit', 'goal'],
  settings: ['name', 'description', 'rubros', 'purpose', 'inputs', 'operandi'],
};

function partOf(pointer: string | undefined, card: string): Part {
  const name = pointer?.split('/')[1];
  const found = PARTS.find((part) => name !== undefined && HOME[part].includes(name));
  return found ?? (card === END ? 'end' : 'trigger');
}

export function FlowPanel({ card }: { card: string }) {
  const { t } = useTranslation('panel');
  const document = useDocument();
  const field = useUi((ui) => ui.field);
  const problems = useDraftPart((state) => state.problems);
  const [part, setPart] = useState(() => partOf(field, card));
  const [asked, setAsked] = useState(field);
  // Whoever leads to a field leads to its part, too.
  if (field !== asked) {
    setAsked(field);
    if (field !== undefined) setPart(partOf(field, card));
  }
  const found = useMemo(() => {
    const of = (one: Part) => HOME[one].flatMap((name) => problemsAt(problems, `/${name}`));
    return { trigger: of('trigger'), end: of('end'), settings: of('settings') };
  }, [problems]);
  const errors = found[part];
  const place = useNewPlace('', undefined, document, errors);
  return (
    <PlaceContext value={place}>
      <Frame
        head={
          <>
            <StepIcon block={part === 'end' ? 'end' : 'trigger'} use={part === 'end' ? 'end' : 'start'} />
            <div className={classes.titles}>
              <h2 className={classes.title} tabIndex={-1}>
                {t(`flow.${part}_title`)}
              </h2>
              <p className={classes.name}>{t(`flow.${part}_lead`)}</p>
            </div>
          </>
        }
      >
        <SegmentedControl
          data-aside
          fullWidth
          size="xs"
          aria-label={t('flow.part')}
          value={part}
          onChange={(next) => setPart(next as Part)}
          data={PARTS.map((one) => ({
            value: one,
            label: <PartName name={t(`flow.${one}`)} problems={found[one].length} />,
          }))}
        />
        <Unplaced errors={errors} />
        {part === 'trigger' && <TriggerForm />}
        {part === 'end' && <EndForm />}
        {part === 'settings' && <SettingsForm />}
      </Frame>
    </PlaceContext>
  );
}

/** What is wrong in the other parts is not forgotten. */
function PartName({ name, problems }: { name: string; problems: number }) {
  const { t } = useTranslation('editor');
  return (
    <span className={flow.partName}>
      {name}
      {problems > 0 && (
        <>
          <span className={flow.count} aria-hidden>
            {problems}
          </span>
          <span className="visually-hidden">{t('problems.count', { count: problems })}</span>
        </>
      )}
    </span>
  );
}
