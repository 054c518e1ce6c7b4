/** The outline's own tools: choosing several rows, folding all of them. Knows the commands; never a row. */
import { Button } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useDraftParts, useUi } from '../draft';
import { ICONS } from '../steps/icons';
import { beginSelecting, endSelecting } from '../steps/selection';
import { useFolding } from '../steps/use-folding';
import classes from './Outline.module.css';

export function Tools() {
  const { t } = useTranslation('editor');
  const { ui } = useDraftParts();
  const selecting = useUi((state) => state.selecting);
  const folding = useFolding();
  const Shape = folding && ICONS[folding.id];
  return (
    <div className={classes.tools}>
      <Button
        size="xs"
        variant={selecting ? 'light' : 'subtle'}
        color={selecting ? 'brand' : 'gray'}
        leftSection={<IconListCheck size={16} aria-hidden />}
        aria-pressed={selecting}
        onClick={() => (selecting ? endSelecting(ui) : beginSelecting(ui))}
      >
        {t('select.begin')}
      </Button>
      {folding && Shape && (
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<Shape size={16} aria-hidden />}
          title={folding.key}
          onClick={folding.run}
        >
          {t(`step.${folding.id}`)}
        </Button>
      )}
    </div>
  );
}
