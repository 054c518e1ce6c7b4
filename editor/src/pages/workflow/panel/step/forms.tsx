/** The form of each block. Knows the blocks of the document format; an action's form is its node's schema. */
import type { ComponentType } from 'react';
import type { BlockKind } from '@/model';
import { ActionForm } from './ActionForm';
import { AskForm, ParallelForm, SplitForm, SwitchForm } from './branching';
import { CallForm, ScriptForm, SetForm, StopForm } from './data';
import { EachForm, GotoForm, IfForm, RepeatForm } from './deciding';
import { WaitForForm, WaitForm } from './waiting';

export const FORMS: Readonly<Record<BlockKind, ComponentType>> = {
  action: ActionForm,
  wait: WaitForm,
  wait_for: WaitForForm,
  if: IfForm,
  switch: SwitchForm,
  split: SplitForm,
  each: EachForm,
  parallel: ParallelForm,
  repeat: RepeatForm,
  script: ScriptForm,
  set: SetForm,
  call: CallForm,
  ask: AskForm,
  goto: GotoForm,
  stop: StopForm,
};
