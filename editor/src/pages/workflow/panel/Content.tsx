/** What the open panel holds: a step's form, or the workflow's own. Knows which is which; loads with the first panel. */
import { FocusTrap } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import { placeOf } from '@/model';
import { Widgets } from '@/widgets/form/registry';
import { useDocument } from '../draft';
import { preloadCode } from './code/CodeField';
import { FrameContext } from './Frame';
import classes from './Frame.module.css';
import { PANEL_WIDGETS } from './fields';
import { FlowPanel } from './flow/FlowPanel';
import { ScopeContext, useScopes } from './scope/use-scope';
import { StepPanel } from './step/StepPanel';

interface Props {
  card: string;
  narrow: boolean;
  close: () => void;
}

export function Content({ card, narrow, close }: Props) {
  const place = placeOf(useDocument(), card);
  const give = useScopes();
  const frame = useMemo(() => ({ narrow, close }), [narrow, close]);
  useEffect(preloadCode, []);
  return (
    <FrameContext value={frame}>
      <ScopeContext value={give}>
        <Widgets add={PANEL_WIDGETS}>
          <FocusTrap active={narrow}>
            <div className={classes.inside}>
              {place ? <StepPanel place={place} /> : <FlowPanel card={card} />}
            </div>
          </FocusTrap>
        </Widgets>
      </ScopeContext>
    </FrameContext>
  );
}
