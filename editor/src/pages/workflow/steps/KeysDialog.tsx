/** All keys of the page on one sheet, from the same list the keys themselves come from. */
import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDraftParts, useUi } from '../draft';
import { goTo } from '../ui';
import { COMMANDS } from './commands';
import classes from './KeysDialog.module.css';
import { keyWords } from './keys';

/** The keys that are no deed on a step. */
const MORE = [
  ['walk', ['↑ ↓ ← →']],
  ['ends', ['Home', 'End']],
  ['extend', ['shift+arrowdown']],
  ['all', ['mod+a']],
  ['undo', ['mod+z']],
  ['redo', ['mod+shift+z']],
  ['save', ['mod+s']],
  ['find', ['mod+f']],
  ['menu', ['shift+f10']],
  ['panel', ['f6']],
  ['fit', ['0']],
  ['drop', ['esc']],
] as const;

export function KeysDialog() {
  const { t } = useTranslation('editor');
  const { ui } = useDraftParts();
  const open = useUi((state) => state.helping);
  const rows = COMMANDS.filter(({ keys }) => keys.length > 0).map(({ id, keys }) => ({
    words: t(`step.${id === 'toggle' ? 'toggle_off' : id === 'collapse' ? 'fold' : id}`),
    keys,
  }));
  return (
    <Modal
      opened={open}
      onClose={() => {
        ui.set({ helping: false });
        goTo(ui, ui.get().current);
      }}
      title={t('keys.title')}
      size="lg"
      returnFocus={false}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <dl className={classes.keys}>
        {[...MORE.map(([id, keys]) => ({ words: t(`keys.${id}`), keys })), ...rows].map(({ words, keys }) => (
          <div key={words} className={classes.row}>
            <dt>{words}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key.includes(' ') ? key : keyWords(key)}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
