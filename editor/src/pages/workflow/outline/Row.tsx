/** One row of the tree: a step, one of its ways, or the start. Follows narrow parts of the draft; knows no other row. */
import {
  IconAlertTriangle,
  IconChevronRight,
  IconDotsVertical,
  IconNote,
  IconPlus,
  IconPower,
} from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { field, type OutlineRow, type Phrase, textAt } from '@/model';
import { Rich } from '@/ui/Rich';
import { useDraftParts, useReadOnly, useStepProblems, useUi } from '../draft';
import { StepIcon, useStepPicture } from '../palette/icons';
import { CARD_EXTRAS } from '../parts';
import { choosesMore } from '../steps/selection';
import { openPanel, standOn, toggleCollapsed, type Ui } from '../ui';
import classes from './Row.module.css';
import { useRowWords } from './row-words';
import { stopOf } from './rows';

interface Props {
  row: OutlineRow;
  /** Whether Tab leads to it. */
  isCurrent: boolean;
}

/** What an edit further up changes is in here: places and levels. What is costly to draw is in the row's body. */
export const Row = memo(
  function Row({ row, isCurrent }: Props) {
    const { ui } = useDraftParts();
    const stop = stopOf(row);
    const isSelected = useUi((state) => state.selected.has(stop));
    const isOpen = useUi((state) => state.panel === stop);
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around has the keys
      <div
        role="treeitem"
        className={classes.row}
        tabIndex={isCurrent ? 0 : -1}
        aria-level={row.level}
        aria-posinset={row.position}
        aria-setsize={row.setSize}
        aria-selected={isSelected}
        aria-expanded={row.expandable ? row.expanded : undefined}
        aria-current={isOpen || undefined}
        data-stop={stop}
        data-kind={row.kind}
        data-off={row.off || undefined}
        style={{ '--level': row.level - 1 } as React.CSSProperties}
        onFocus={(event) => {
          if (event.target === event.currentTarget && ui.get().current !== stop) ui.set({ current: stop });
        }}
        onClick={(event) => {
          if (choosesMore(ui, event)) {
            if (row.kind === 'step' || !ui.get().selecting) standOn(ui, stop, true);
          } else if (row.kind === 'way') standOn(ui, stop);
          else openPanel(ui, stop);
        }}
        onContextMenu={(event) => {
          event.preventDefault();
          openMenu(ui, stop, event.clientX, event.clientY);
        }}
      >
        <Body row={row} stop={stop} />
      </div>
    );
  },
  (a, b) =>
    a.isCurrent === b.isCurrent &&
    a.row.level === b.row.level &&
    a.row.position === b.row.position &&
    a.row.setSize === b.row.setSize &&
    a.row.path === b.row.path &&
    isSame(a.row, b.row),
);

function openMenu(ui: Ui, stop: string, x: number, y: number): void {
  if (!ui.get().selected.has(stop)) standOn(ui, stop);
  ui.set({ current: stop, menu: { key: stop, x, y } });
}

const Body = memo(
  function Body({ row, stop }: { row: OutlineRow; stop: string }) {
    const { t } = useTranslation('editor');
    const { ui } = useDraftParts();
    const readOnly = useReadOnly();
    const problems = useStepProblems(row.kind === 'way' ? '' : row.key);
    const worst = problems.find(({ severity }) => severity === 'error') ?? problems[0];
    const { title, line, filled } = useRowWords()(row);
    const off = row.step !== undefined && field(row.step, 'enabled') === false;
    const note = row.step === undefined ? '' : (textAt(row.step, 'note') ?? '');
    return (
      <>
        <span
          className={classes.fold}
          data-open={row.expanded || undefined}
          data-leaf={!row.expandable || undefined}
          aria-hidden
          onClick={(event) => {
            if (!row.expandable) return;
            event.stopPropagation();
            standOn(ui, stop);
            toggleCollapsed(ui, row.key);
          }}
        >
          {row.expandable && <IconChevronRight size={18} />}
        </span>
        <RowPicture row={row} />
        <span className={classes.words}>
          <span className={classes.head}>
            <span className={classes.title}>{title}</span>
            {row.kind === 'step' && <code className={classes.id}>{row.key}</code>}
            {off && (
              <span className={classes.off}>
                <IconPower size={13} aria-hidden />
                {t('card.off')}
              </span>
            )}
          </span>
          {line !== '' && (
            <span className={classes.line} data-empty={!filled || undefined}>
              {line}
            </span>
          )}
          {row.kind === 'step' && (
            <span className={classes.marks}>
              {CARD_EXTRAS.map((Extra, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the list is written in the code
                <Extra key={index} stepKey={row.key} />
              ))}
            </span>
          )}
          {note !== '' && (
            <span className={classes.note}>
              <IconNote size={14} aria-hidden />
              {note}
            </span>
          )}
          {worst && (
            <span className={classes.problem} data-error={worst.severity === 'error' || undefined}>
              <IconAlertTriangle size={14} aria-hidden />
              <span>
                <Rich text={worst.message} />
                {problems.length > 1 && ` ${t('card.more_problems', { count: problems.length - 1 })}`}
              </span>
            </span>
          )}
        </span>
        {row.kind === 'way' && !readOnly && (
          <button
            type="button"
            tabIndex={-1}
            className={classes.act}
            aria-label={t('outline.add_to', { way: title })}
            onClick={(event) => {
              event.stopPropagation();
              ui.set({ current: stop, adding: row.insert });
            }}
          >
            <IconPlus size={18} aria-hidden />
          </button>
        )}
        {row.kind !== 'way' && (
          <button
            type="button"
            tabIndex={-1}
            className={classes.act}
            aria-label={t('card.menu', { step: title })}
            aria-haspopup="menu"
            onClick={(event) => {
              event.stopPropagation();
              const box = event.currentTarget.getBoundingClientRect();
              openMenu(ui, stop, box.left, box.bottom + 2);
            }}
          >
            <IconDotsVertical size={18} aria-hidden />
          </button>
        )}
      </>
    );
  },
  (a, b) => a.stop === b.stop && isSame(a.row, b.row),
);

function RowPicture({ row }: { row: OutlineRow }) {
  const picture = useStepPicture();
  if (row.kind === 'trigger') return <StepIcon block="trigger" use="start" size={18} />;
  return row.step ? <StepIcon {...picture(row.step)} size={18} /> : null;
}

/** Rows are made anew at each edit; what they show mostly stays. The start follows the document, not its row. */
function isSame(a: OutlineRow, b: OutlineRow): boolean {
  return (
    a.key === b.key &&
    a.kind === b.kind &&
    a.expandable === b.expandable &&
    a.expanded === b.expanded &&
    a.step === b.step &&
    a.off === b.off &&
    isSamePhrase(a.label, b.label) &&
    (a.kind !== 'trigger' || isSamePhrase(a.summary, b.summary))
  );
}

function isSamePhrase(a: Phrase | undefined, b: Phrase | undefined): boolean {
  if (a === b || a === undefined || b === undefined) return a === b;
  return a.key === b.key && Object.entries(a.values).every(([name, value]) => b.values[name] === value);
}
