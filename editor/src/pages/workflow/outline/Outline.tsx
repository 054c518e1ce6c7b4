/**
 * The workflow as a tree: the editor for phones, keyboards and screen readers, able to do everything the canvas can.
 *
 * Puts rows and keys together; what the rows are is the model's.
 */
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraftParts, useReadOnly, useUi } from '../draft';
import { lastSlot } from '../steps/deeds';
import { mayFocus } from '../ui';
import classes from './Outline.module.css';
import { Row } from './Row';
import { useRowWords } from './row-words';
import { rowOf, useRows } from './rows';
import { Tools } from './Tools';
import { useTreeKeys } from './use-tree-keys';

export function Outline() {
  const { t } = useTranslation('editor');
  const { session, ui } = useDraftParts();
  const readOnly = useReadOnly();
  const rows = useRows();
  const words = useRowWords();
  const current = useUi((state) => state.current);
  const reveal = useUi((state) => state.reveal);
  const selecting = useUi((state) => state.selecting);
  const tree = useRef<HTMLDivElement>(null);
  const keys = useTreeKeys(rows, (row) => words(row).title);
  const currentKey = rowOf(rows, current)?.key;
  useEffect(() => {
    if (reveal === ui.get().revealed) return;
    const next = requestAnimationFrame(() => {
      ui.set({ revealed: reveal });
      const row = tree.current?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]');
      if (mayFocus(ui)) row?.focus({ preventScroll: true });
      row?.scrollIntoView?.({ block: 'nearest' });
    });
    return () => cancelAnimationFrame(next);
  }, [reveal, ui]);
  return (
    <div className={classes.outline}>
      <Tools />
      <div
        role="tree"
        aria-label={t('outline.label')}
        aria-multiselectable
        data-selecting={selecting || undefined}
        className={classes.tree}
        ref={tree}
        {...keys}
      >
        {rows.map((row) => (
          <Row key={row.key} row={row} isCurrent={row.key === currentKey} />
        ))}
      </div>
      {!readOnly && (
        <div className={classes.foot}>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => ui.set({ adding: lastSlot(session.document) })}
          >
            {t('outline.add_last')}
          </Button>
        </div>
      )}
    </div>
  );
}
