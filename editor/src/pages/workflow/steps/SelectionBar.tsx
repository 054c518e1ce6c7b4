/** What can be done with several chosen steps at once, in sight while one chooses. Knows the commands; never what they do. */
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { placeOf } from '@/model';
import { useDocument, useDraftParts, useUi } from '../draft';
import { goTo } from '../ui';
import { COMMANDS, type Command, type CommandId } from './commands';
import { ICONS } from './icons';
import { keyWords } from './keys';
import { nameOf } from './names';
import classes from './SelectionBar.module.css';
import { endSelecting } from './selection';
import { useAim } from './use-commands';

const IDS: readonly CommandId[] = ['up', 'down', 'move', 'copy', 'duplicate', 'toggle', 'wrap', 'remove'];
const OFFERED = IDS.flatMap((id) => COMMANDS.find((command) => command.id === id) ?? []);

export function SelectionBar() {
  const { t } = useTranslation('editor');
  const { ui } = useDraftParts();
  const document = useDocument();
  const selected = useUi((state) => state.selected);
  const selecting = useUi((state) => state.selecting);
  const raised = useUi((state) => state.extras);
  const aim = useAim();
  const keys = [...selected].filter((key) => placeOf(document, key));
  const [first] = keys;
  if (!selecting && keys.length < 2) return null;
  const aimed = aim(first ?? '');
  const does = (command: Command) => command.fits(aimed) && (!aimed.readOnly || command.harmless === true);
  const said = keys.length === 0 ? t('select.none') : t('selection', { count: keys.length });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a bar of buttons is no set of form fields
    <div
      className={classes.bar}
      role="group"
      aria-label={said}
      data-raised={raised || undefined}
      data-stays={selecting || undefined}
    >
      <span className={classes.count} role="status">
        {said}
      </span>
      <div className={classes.deeds}>
        {OFFERED.map((command) => {
          const Shape = ICONS[command.id];
          const name = t(`step.${nameOf(command, aimed)}`);
          const [key] = command.keys;
          return (
            <Tooltip key={command.id} label={key === undefined ? name : `${name} (${keyWords(key)})`}>
              <ActionIcon
                className={classes.deed}
                variant="subtle"
                color={command.id === 'remove' ? 'red.8' : 'gray'}
                aria-label={name}
                disabled={!does(command)}
                onClick={() => command.run(aim(first ?? ''))}
              >
                <Shape size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          );
        })}
      </div>
      <Button
        className={classes.done}
        size="xs"
        variant="default"
        onClick={() => {
          endSelecting(ui);
          goTo(ui, ui.get().current);
        }}
      >
        {t('select.done')}
      </Button>
    </div>
  );
}
