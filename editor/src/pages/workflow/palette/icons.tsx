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
import type { BlockKind } from '@/model';
import type { Use } from './choices';
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

interface Props {
  block: BlockKind | 'trigger' | 'end' | undefined;
  use: Use | 'start';
  size?: number;
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
