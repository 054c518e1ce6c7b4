/** What can be done with several chosen steps at once, in sight while they are chosen. Knows the commands; never what they do. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { placeOf } from '@/model';
import { useDocument, useDraftParts, useUi } from '../draft';
import { COMMANDS, type CommandId } from '../steps/commands';
import { ICONS } from '../steps/icons';
import { keyWords } from '../steps/keys';
import { nameOf } from '../steps/names';
import { useAim } from '../steps/use-commands';
import { goTo } from '../ui';
import classes from './SelectionBar.module.css';

const OFFERED: readonly CommandId[] = ['copy', 'duplicate', 'toggle', 'wrap', 'move', 'remove'];

export function SelectionBar() {
  const { t } = useTranslation('editor');
  const { ui } = useDraftParts();
  const document = useDocument();
  const selected = useUi((state) => state.selected);
  const aim = useAim();
  const keys = [...selected].filter((key) => placeOf(document, key));
  const [first] = keys;
  if (keys.length < 2 || first === undefined) return null;
  const aimed = aim(first);
  const commands = COMMANDS.filter(
    ({ id, harmless, fits }) => OFFERED.includes(id) && fits(aimed) && (!aimed.readOnly || harmless === true),
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a bar of buttons is no set of form fields
    <div className={classes.bar} role="group" aria-label={t('selection', { count: keys.length })}>
      <span className={classes.count}>{t('selection', { count: keys.length })}</span>
      {commands.map((command) => {
        const Shape = ICONS[command.id];
        const name = t(`step.${nameOf(command, aimed)}`);
        const [key] = command.keys;
        return (
          <Tooltip key={command.id} label={key === undefined ? name : `${name} (${keyWords(key)})`}>
            <ActionIcon
              variant="subtle"
              color={command.id === 'remove' ? 'red.8' : 'gray'}
              size={34}
              aria-label={name}
              onClick={() => command.run(aim(first))}
            >
              <Shape size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        );
      })}
      <ActionIcon
        variant="subtle"
        color="gray"
        size={34}
        aria-label={t('unselect')}
        onClick={() => goTo(ui, ui.get().current)}
      >
        <IconX size={18} aria-hidden />
      </ActionIcon>
    </div>
  );
}
