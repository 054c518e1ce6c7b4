/** The canvas's own tools: steps to drag, scale, whole flow, map, search. Knows the view; never a step. */
import { ActionIcon, Tooltip } from '@mantine/core';
import {
  type Icon,
  IconArrowsMaximize,
  IconKeyboard,
  IconListCheck,
  IconMap2,
  IconMinus,
  IconPlus,
  IconSearch,
  IconStack2,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useDraftParts, useReadOnly, useUi } from '../draft';
import { ICONS } from '../steps/icons';
import { keyWords } from '../steps/keys';
import { beginSelecting, endSelecting } from '../steps/selection';
import { useFolding } from '../steps/use-folding';
import classes from './Tools.module.css';
import type { View } from './view';

export function Tools({ view }: { view: View }) {
  const { t } = useTranslation('editor');
  const { ui } = useDraftParts();
  const readOnly = useReadOnly();
  const map = useUi((state) => state.map);
  const shelf = useUi((state) => state.shelf);
  const selecting = useUi((state) => state.selecting);
  const folding = useFolding();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a bar of buttons is no set of form fields
    <div className={classes.tools} role="group" aria-label={t('canvas.tools')}>
      {!readOnly && (
        <Tool
          wide
          icon={IconStack2}
          words={t('canvas.shelf')}
          on={shelf}
          act={() => ui.set({ shelf: !shelf })}
        />
      )}
      <Tool icon={IconPlus} words={t('canvas.zoom_in')} act={() => view.zoom(1)} />
      <Tool icon={IconMinus} words={t('canvas.zoom_out')} act={() => view.zoom(-1)} />
      <Tool icon={IconArrowsMaximize} words={`${t('canvas.fit')} (0)`} act={() => view.fit()} />
      <Tool wide icon={IconMap2} words={t('canvas.map')} on={map} act={() => ui.set({ map: !map })} />
      <Tool
        icon={IconListCheck}
        words={t('select.begin')}
        on={selecting}
        act={() => (selecting ? endSelecting(ui) : beginSelecting(ui))}
      />
      {folding && (
        <Tool
          icon={ICONS[folding.id]}
          words={`${t(`step.${folding.id}`)} (${folding.key})`}
          act={() => {
            folding.run();
            // The picture is another one then.
            requestAnimationFrame(() => view.reveal(ui.get().current));
          }}
        />
      )}
      <Tool
        icon={IconSearch}
        words={`${t('canvas.find')} (${keyWords('mod+f')})`}
        act={() => ui.set({ finding: true })}
      />
      <Tool wide icon={IconKeyboard} words={`${t('keys.title')} (?)`} act={() => ui.set({ helping: true })} />
    </div>
  );
}

interface ToolProps {
  /** Of no use where there is no room, no mouse and no keyboard. */
  wide?: boolean;
  icon: Icon;
  words: string;
  on?: boolean;
  act: () => void;
}

function Tool({ icon: Shape, words, on, act, wide = false }: ToolProps) {
  return (
    <Tooltip label={words} position="right">
      <ActionIcon
        className={wide ? classes.wide : ''}
        variant={on ? 'light' : 'subtle'}
        color={on ? 'brand' : 'gray'}
        size={34}
        aria-label={words}
        aria-pressed={on}
        onClick={act}
      >
        <Shape size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
