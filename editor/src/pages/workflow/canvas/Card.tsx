/** The cards of the canvas: a step, the start, the end. They follow narrow parts of the draft; they know no other card. */
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronDown,
  IconDotsVertical,
  IconNote,
  IconPower,
} from '@tabler/icons-react';
import type { NodeProps } from '@xyflow/react';
import { memo, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { END, field, type LayoutNode, type Step, type StepId, TRIGGER, textAt } from '@/model';
import { useDocument, useDraftParts, useStepProblems, useUi } from '../draft';
import { StepIcon, useStepPicture } from '../palette/icons';
import { CARD_EXTRAS } from '../parts';
import type { Problem } from '../session/parts';
import { choosesMore } from '../steps/selection';
import { unfoldedFor } from '../steps/stops';
import { useWords } from '../steps/words';
import { goTo, openPanel, standOn, TOUCH, toggleCollapsed } from '../ui';
import classes from './Card.module.css';
import { DragContext } from './drag';
import type { CardNode } from './picture';

/** Where fingers move the picture, cards must let them. */
export const NO_PAN = TOUCH ? '' : 'nopan';

export const StepCard = memo(function StepCard({ data }: NodeProps<CardNode>) {
  const { node, from } = data;
  const { key, step, block } = node;
  const { t } = useTranslation('editor');
  const picture = useStepPicture();
  const words = useWords();
  const { ui } = useDraftParts();
  const problems = useStepProblems(key);
  const grab = useContext(DragContext);
  const isDragged = useUi(({ dragged }) => dragged?.kind === 'steps' && dragged.keys.includes(key));
  if (!step) return null;
  const { title, line, filled } = words.step(step);
  const off = field(step, 'enabled') === false;
  const note = textAt(step, 'note') ?? '';
  return (
    <Frame
      node={node}
      label={[
        title,
        line,
        off ? t('card.off') : '',
        note,
        said(problems, t('card.problems', { count: problems.length })),
      ]}
      dragged={isDragged}
      onPointerDown={(event) => grab(event, { kind: 'steps', key, title })}
    >
      <div className={classes.main}>
        <StepIcon {...picture(step)} />
        <div className={classes.words}>
          <div className={classes.title}>{title}</div>
          <div className={classes.line} data-empty={!filled || undefined}>
            {line}
          </div>
        </div>
        <ProblemMark problems={problems} />
      </div>
      {note !== '' && (
        <div className={classes.note} title={note}>
          <IconNote size={14} aria-hidden />
          <span>{note}</span>
        </div>
      )}
      {CARD_EXTRAS.length > 0 && (
        <div className={classes.extras}>
          {CARD_EXTRAS.map((Extra, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is written in the code
            <Extra key={index} stepKey={key} />
          ))}
        </div>
      )}
      <span className={classes.id}>{key}</span>
      {off && (
        <span className={classes.offMark}>
          <IconPower size={13} aria-hidden />
          {t('card.off')}
        </span>
      )}
      {(from.length > 0 || block === 'goto') && <Jumps step={step} from={from} />}
      {node.collapsible && (
        <button
          type="button"
          tabIndex={-1}
          className={`${classes.fold} ${NO_PAN}`}
          data-folded={node.collapsed || undefined}
          aria-label={node.collapsed ? t('card.unfold', { count: node.hidden }) : t('card.fold')}
          aria-expanded={!node.collapsed}
          onClick={(event) => {
            event.stopPropagation();
            toggleCollapsed(ui, key);
          }}
        >
          <span className={classes.foldFace}>
            <IconChevronDown size={14} aria-hidden />
            {node.collapsed && t('card.hidden', { count: node.hidden })}
          </span>
        </button>
      )}
    </Frame>
  );
});

/** The two ends of a jump lead to each other; no line crosses the picture. */
function Jumps({ step, from }: { step: Step; from: readonly StepId[] }) {
  const { t } = useTranslation('editor');
  const { ui, session } = useDraftParts();
  const go = (event: React.MouseEvent, key: StepId) => {
    event.stopPropagation();
    goTo(ui, key, { collapsed: unfoldedFor(session.document, key, ui.get().collapsed) });
  };
  const to = textAt(step, 'goto') ?? '';
  return (
    <>
      {to !== '' && (
        <span className={classes.jumps} data-way="to">
          <button type="button" tabIndex={-1} className={NO_PAN} onClick={(event) => go(event, to)}>
            <IconArrowForwardUp size={14} aria-hidden />
            <span>{t('card.jump_to', { step: to })}</span>
          </button>
        </span>
      )}
      {from.length > 0 && (
        <span className={classes.jumps} data-way="from">
          {from.map((key) => (
            <button
              key={key}
              type="button"
              tabIndex={-1}
              className={NO_PAN}
              onClick={(event) => go(event, key)}
            >
              <IconArrowBackUp size={14} aria-hidden />
              <span>{t('card.jump_from', { step: key })}</span>
            </button>
          ))}
        </span>
      )}
    </>
  );
}

export const TriggerCard = memo(function TriggerCard({ data }: NodeProps<CardNode>) {
  const words = useWords().trigger(useDocument());
  const { ui } = useDraftParts();
  const problems = useStepProblems(TRIGGER);
  const { t } = useTranslation('editor');
  return (
    <Frame
      node={data.node}
      label={[words.title, words.line, said(problems, t('card.problems', { count: problems.length }))]}
      open={words.filled ? undefined : () => ui.set({ starting: true })}
    >
      <div className={classes.main}>
        <StepIcon block="trigger" use="start" />
        <div className={classes.words}>
          <div className={classes.title}>{words.title}</div>
          <div className={classes.line} data-empty={!words.filled || undefined}>
            {words.line}
          </div>
        </div>
        <ProblemMark problems={problems} />
      </div>
    </Frame>
  );
});

export const EndCard = memo(function EndCard({ data }: NodeProps<CardNode>) {
  const { title, line } = useWords().end(useDocument());
  return (
    <Frame node={data.node} label={[title, line]}>
      <span className={classes.end}>{title}</span>
      {line !== '' && <span className={classes.before}>{line}</span>}
    </Frame>
  );
});

interface FrameProps {
  node: LayoutNode;
  /** What is read aloud, in this order. */
  label: readonly string[];
  dragged?: boolean;
  /** What a click does; else it opens the panel. */
  open?: (() => void) | undefined;
  onPointerDown?: (event: React.PointerEvent) => void;
  children: React.ReactNode;
}

function Frame({ node, label, dragged = false, open, onPointerDown, children }: FrameProps) {
  const { key, kind } = node;
  const { ui } = useDraftParts();
  const { t } = useTranslation('editor');
  const isCurrent = useUi((state) => state.current === key);
  const isSelected = useUi((state) => state.selected.has(key));
  const isOpen = useUi((state) => state.panel === key);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the canvas around has the keys
    // biome-ignore lint/a11y/useSemanticElements: a card is no set of form fields
    <div
      role="group"
      tabIndex={-1}
      aria-label={sentences(label)}
      aria-current={isCurrent || undefined}
      className={`${classes.card} ${NO_PAN}`}
      data-stop={key}
      data-kind={kind}
      data-off={node.off || undefined}
      data-selected={isSelected || undefined}
      data-open={isOpen || undefined}
      data-dragged={dragged || undefined}
      onPointerDown={onPointerDown}
      onFocus={(event) => {
        if (event.target === event.currentTarget && ui.get().current !== key) ui.set({ current: key });
      }}
      onClick={(event) => {
        if (choosesMore(ui, event)) {
          if (kind === 'step' || !ui.get().selecting) standOn(ui, key, true);
        } else if (open) {
          standOn(ui, key);
          open();
        } else openPanel(ui, key);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        if (!ui.get().selected.has(key)) standOn(ui, key);
        ui.set({ current: key, menu: { key, x: event.clientX, y: event.clientY } });
      }}
    >
      {children}
      {key !== END && (
        <button
          type="button"
          tabIndex={-1}
          className={`${classes.kebab} ${NO_PAN}`}
          aria-label={t('card.menu', { step: label[0] })}
          aria-haspopup="menu"
          onClick={(event) => {
            event.stopPropagation();
            const box = event.currentTarget.getBoundingClientRect();
            if (!ui.get().selected.has(key)) standOn(ui, key);
            ui.set({ current: key, menu: { key, x: box.left, y: box.bottom + 4 } });
          }}
        >
          <IconDotsVertical size={16} aria-hidden />
        </button>
      )}
    </div>
  );
}

function ProblemMark({ problems }: { problems: readonly Problem[] }) {
  const [first] = problems;
  if (!first) return null;
  const isError = problems.some((problem) => problem.severity === 'error');
  return (
    <span
      className={classes.problem}
      data-error={isError || undefined}
      title={problems.map(({ message }) => message).join('\n')}
    >
      <IconAlertTriangle size={16} aria-hidden />
      {problems.length > 1 && problems.length}
    </span>
  );
}

function said(problems: readonly Problem[], count: string): string {
  return problems.length === 0 ? '' : sentences([count, ...problems.map(({ message }) => message)]);
}

/** Read one after the other; marks of code are not read. */
function sentences(parts: readonly string[]): string {
  const plain = parts.map((part) => part.replaceAll('`', '').replace(/\.\s*$/, ''));
  return plain.filter(Boolean).join('. ');
}
