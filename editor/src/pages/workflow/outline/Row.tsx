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
import { field, type OutlineRow, TRIGGER, textAt } from '@/model';
import { Rich } from '@/ui/Rich';
import { useDraftParts, useReadOnly, useStepProblems, useUi } from '../draft';
import { StepIcon, useStepPicture } from '../palette/icons';
import { openPanel, standOn, toggleCollapsed } from '../ui';
import classes from './Row.module.css';
import { useRowWords } from './row-words';
import { stopOf } from './rows';

interface Props {
  row: OutlineRow;
  /** Whether Tab leads to it. */
  isCurrent: boolean;
}

export const Row = memo(
  function Row({ row, isCurrent }: Props) {
    const { t } = useTranslation('editor');
    const { ui } = useDraftParts();
    const readOnly = useReadOnly();
    const stop = stopOf(row);
    const isSelected = useUi((state) => state.selected.has(stop));
    const isOpen = useUi((state) => state.panel === stop);
    const problems = useStepProblems(row.kind === 'way' ? '' : row.key);
    const worst = problems.find(({ severity }) => severity === 'error') ?? problems[0];
    const { title, line, filled } = useRowWords()(row);
    const off = row.step !== undefined && field(row.step, 'enabled') === false;
    const note = row.step === undefined ? '' : (textAt(row.step, 'note') ?? '');
    const menu = (x: number, y: number) => {
      if (!ui.get().selected.has(stop)) standOn(ui, stop);
      ui.set({ current: stop, menu: { key: stop, x, y } });
    };
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
          if (event.shiftKey || event.ctrlKey || event.metaKey) standOn(ui, stop, true);
          else if (row.kind === 'way') standOn(ui, stop);
          else if (row.key === TRIGGER && !filled && !readOnly) ui.set({ current: TRIGGER, starting: true });
          else openPanel(ui, stop);
        }}
        onContextMenu={(event) => {
          event.preventDefault();
          menu(event.clientX, event.clientY);
        }}
      >
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
              menu(box.left, box.bottom + 2);
            }}
          >
            <IconDotsVertical size={18} aria-hidden />
          </button>
        )}
      </div>
    );
  },
  (a, b) => a.isCurrent === b.isCurrent && isSame(a.row, b.row),
);

function RowPicture({ row }: { row: OutlineRow }) {
  const picture = useStepPicture();
  if (row.kind === 'trigger') return <StepIcon block="trigger" use="start" size={18} />;
  return row.step ? <StepIcon {...picture(row.step)} size={18} /> : null;
}

/** Rows are made anew at each edit; what they show mostly stays. */
function isSame(a: OutlineRow, b: OutlineRow): boolean {
  return (
    a.key === b.key &&
    a.kind === b.kind &&
    a.level === b.level &&
    a.position === b.position &&
    a.setSize === b.setSize &&
    a.expandable === b.expandable &&
    a.expanded === b.expanded &&
    a.path === b.path &&
    a.step === b.step &&
    a.off === b.off &&
    JSON.stringify(a.label) === JSON.stringify(b.label) &&
    JSON.stringify(a.summary) === JSON.stringify(b.summary)
  );
}
