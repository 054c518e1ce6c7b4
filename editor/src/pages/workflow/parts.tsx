/**
 * What other folders add to the page: views beside canvas and outline, buttons of the bar, numbers on the cards.
 *
 * Each is one line here, loaded when first needed. Knows their names; never what they show.
 */
import { type ComponentType, lazy } from 'react';
import { part } from '@/api/part';
import { Overlays } from './overlay/Overlays';
import { StepMark } from './overlay/StepMark';
import { PublishAction } from './publish/PublishAction';

export interface View {
  readonly id: string;
  /** Its key under `editor:view.`. */
  readonly label: string;
  readonly Component: ComponentType;
}

export const VIEWS: readonly View[] = [
  {
    id: 'text',
    label: 'text',
    Component: lazy(async () => ({ default: (await part(() => import('./text/TextView'))).TextView })),
  },
  {
    id: 'rehearsal',
    label: 'rehearsal',
    Component: lazy(async () => ({
      default: (await part(() => import('./rehearsal/RehearsalView'))).RehearsalView,
    })),
  },
];

/** In the bar, after undo and redo, before the end. They read `useDraft()`. */
export const ACTIONS: readonly ComponentType[] = [Overlays, PublishAction];

/** Inside every step's card and row, below its line: numbers, states of a run. Cheap, by narrow selectors; `ui.extras` makes room. */
export const CARD_EXTRAS: readonly ComponentType<{ readonly stepKey: string }>[] = [StepMark];
