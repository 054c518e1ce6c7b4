/** Everything that dragging does, as buttons and arrow keys. Knows places and sizes only. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowsMove, IconPencil, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { DashboardWidget } from '@/api/sensors';
import classes from './Dashboard.module.css';
import { type Change, type Direction, type Layout, step } from './layout';

interface Props {
  widget: DashboardWidget;
  layout: Layout;
  title: string;
  wide: boolean;
  onChange: (change: Change | undefined) => void;
  onEdit: () => void;
}

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
const BY: Readonly<Record<Direction, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};

export function WidgetTools({ widget, layout, title, wide, onChange, onEdit }: Props) {
  const { t } = useTranslation('dashboard');
  const { id } = widget;
  const sized = ([w, h]: readonly [number, number]): Change => ({
    do: 'size',
    id,
    w: widget.w + w,
    h: widget.h + h,
  });
  // On a phone there is one column: sides mean nothing there.
  const directions: readonly Direction[] = wide ? ['left', 'right', 'up', 'down'] : ['up', 'down'];
  return (
    <div className={classes.tools}>
      <Menu position="bottom-end" closeOnItemClick={false}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            size={28}
            aria-label={t('tool.move_which', { name: title })}
            onKeyDown={(event: React.KeyboardEvent) => {
              const direction = ARROWS[event.key];
              if (direction === undefined || event.currentTarget.getAttribute('aria-expanded') === 'true')
                return;
              event.preventDefault();
              event.stopPropagation();
              onChange(event.shiftKey ? sized(BY[direction]) : step(layout, id, direction));
            }}
          >
            <IconArrowsMove size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {directions.map((direction) => (
            <Menu.Item key={direction} onClick={() => onChange(step(layout, id, direction))}>
              {t(`tool.${direction}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {wide && <Menu.Item onClick={() => onChange(sized([1, 0]))}>{t('tool.wider')}</Menu.Item>}
          {wide && <Menu.Item onClick={() => onChange(sized([-1, 0]))}>{t('tool.narrower')}</Menu.Item>}
          <Menu.Item onClick={() => onChange(sized([0, 1]))}>{t('tool.taller')}</Menu.Item>
          <Menu.Item onClick={() => onChange(sized([0, -1]))}>{t('tool.shorter')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ActionIcon variant="subtle" size={28} aria-label={t('tool.edit', { name: title })} onClick={onEdit}>
        <IconPencil size={17} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={28}
        aria-label={t('tool.remove', { name: title })}
        onClick={() => onChange({ do: 'remove', id })}
      >
        <IconTrash size={17} aria-hidden />
      </ActionIcon>
    </div>
  );
}
