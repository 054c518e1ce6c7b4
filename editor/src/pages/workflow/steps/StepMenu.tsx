/** The menu of a card or row: everything that can be done with it, each with its key. Knows the commands; never what they do. */
import { Menu } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraftParts, useUi } from '../draft';
import { goTo } from '../ui';
import { type Aim, COMMANDS, type Command } from './commands';
import { ICONS } from './icons';
import { keyWords } from './keys';
import { nameOf } from './names';
import classes from './StepMenu.module.css';
import { useAim } from './use-commands';

const OUTSIDE = ['mousedown', 'touchstart'];

export function StepMenu() {
  const menu = useUi((state) => state.menu);
  const { ui } = useDraftParts();
  const { t } = useTranslation('editor');
  const aim = useAim();
  if (!menu) return null;
  const aimed = aim(menu.key);
  const fitting = COMMANDS.filter(
    (command) =>
      command.fits(aimed) && command.whole !== true && (!aimed.readOnly || command.harmless === true),
  );
  const close = () => ui.set({ menu: undefined });
  return (
    <Menu
      opened
      onClose={() => {
        close();
        goTo(ui, menu.key, { selected: ui.get().selected });
      }}
      position="bottom-start"
      offset={2}
      middlewares={{ flip: false, shift: { mainAxis: true, crossAxis: true, padding: 8 } }}
      returnFocus={false}
      // The key that opens it is no key outside of it.
      clickOutsideEvents={OUTSIDE}
      withInitialFocusPlaceholder={false}
      shadow="md"
      width={300}
    >
      <Menu.Target>
        <button
          key={`${menu.x} ${menu.y}`}
          type="button"
          tabIndex={-1}
          aria-label={t('step.menu')}
          className={classes.point}
          style={{ left: menu.x, top: menu.y }}
        />
      </Menu.Target>
      <Menu.Dropdown className={classes.menu} aria-label={t('step.menu')} aria-labelledby={undefined}>
        {fitting.map((command, at) => {
          const Shape = ICONS[command.id];
          return (
            <Fragment key={command.id}>
              {at > 0 && fitting[at - 1]?.group !== command.group && <Menu.Divider />}
              <Menu.Item
                leftSection={<Shape size={16} aria-hidden />}
                rightSection={
                  command.keys[0] && <kbd className={classes.key}>{keyWords(command.keys[0])}</kbd>
                }
                {...(command.id === 'remove' ? { color: 'red.8' } : {})}
                onClick={() => {
                  close();
                  run(command, aimed);
                }}
              >
                {t(`step.${nameOf(command, aimed)}`)}
              </Menu.Item>
            </Fragment>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

/** What leaves the focus where it was gives it back to the card. */
function run(command: Command, aimed: Aim): void {
  const { ui, stop } = aimed;
  command.run(aimed);
  const { adding, asking, starting } = ui.get();
  const isElsewhere = adding !== undefined || asking !== undefined || starting || command.id === 'open';
  if (!isElsewhere && ui.get().current === stop) goTo(ui, stop, { selected: ui.get().selected });
}
