/** The picture of each kind of block and of each use. Knows the blocks; never an action. */
import {
  IconArrowBackUp,
  IconArrowsSplit,
  IconBolt,
  IconClock,
  IconEar,
  IconFlag,
  IconGitFork,
  IconLayoutColumns,
  IconListDetails,
  IconMathFunction,
  IconMessageQuestion,
  IconPlayerPlay,
  IconPlayerStop,
  IconQuestionMark,
  IconRepeat,
  IconSend,
  IconSitemap,
  IconVariable,
} from '@tabler/icons-react';
import { useCallback, useContext } from 'react';
import { type BlockKind, kindOf, type Step, textAt } from '@/model';
import { CatalogContext } from '../catalog';
import { purposeOf, type Use } from './choices';
import classes from './icons.module.css';

const ICONS: Record<BlockKind, typeof IconBolt> = {
  action: IconBolt,
  wait: IconClock,
  wait_for: IconEar,
  if: IconArrowsSplit,
  switch: IconGitFork,
  split: IconLayoutColumns,
  each: IconListDetails,
  parallel: IconSitemap,
  repeat: IconRepeat,
  script: IconMathFunction,
  set: IconVariable,
  call: IconPlayerPlay,
  ask: IconMessageQuestion,
  goto: IconArrowBackUp,
  stop: IconPlayerStop,
};

/** What a step is shown by. */
export interface Picture {
  readonly block: BlockKind | 'trigger' | 'end' | undefined;
  readonly use: Use | 'start';
}

interface Props extends Picture {
  size?: number;
}

/** The picture of each step of a document. */
export function useStepPicture(): (step: Step) => Picture {
  const catalog = useContext(CatalogContext);
  return useCallback(
    (step) => {
      const block = kindOf(step);
      const action = block === 'action' ? (textAt(step, 'action') ?? '') : '';
      return {
        block,
        use: purposeOf(block, Object.hasOwn(catalog.nodes, action) ? catalog.nodes[action] : undefined),
      };
    },
    [catalog],
  );
}

/** A tinted square with the picture in it. */
export function StepIcon({ block, use, size = 20 }: Props) {
  const Icon = pictureOf(block, use);
  return (
    <span className={classes.icon} data-use={use} aria-hidden>
      <Icon size={size} stroke={1.75} />
    </span>
  );
}

function pictureOf(block: Props['block'], use: Props['use']): typeof IconBolt {
  if (block === 'trigger') return IconBolt;
  if (block === 'end') return IconFlag;
  if (block === undefined) return IconQuestionMark;
  return block === 'action' && use === 'message' ? IconSend : ICONS[block];
}
