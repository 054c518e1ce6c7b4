/** The panel's head for a step: picture, what it is, its name, and the menu of everything that can be done. Knows no form. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDotsVertical, IconPencil } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { kindOf, kindPhrase, type Place, textAt } from '@/model';
import { useDraftParts, useReadOnly } from '../../draft';
import { StepIcon, useStepPicture } from '../../palette/icons';
import { useSay, useTitles } from '../../say';
import classes from '../Frame.module.css';

export function StepHead({ place }: { place: Place }) {
  const { t } = useTranslation('panel');
  const { ui } = useDraftParts();
  const picture = useStepPicture();
  const readOnly = useReadOnly();
  const say = useSay();
  const titles = useTitles();
  const { step, key } = place;
  const action = kindOf(step) === 'action' ? (textAt(step, 'action') ?? '') : '';
  return (
    <>
      <StepIcon {...picture(step)} />
      <div className={classes.titles}>
        <h2 className={classes.title} tabIndex={-1}>
          {action === '' ? say(kindPhrase(step)) : titles.action(action)}
        </h2>
        <p className={classes.name}>
          <code>{key}</code>
          {!readOnly && (
            <Tooltip label={t('rename')}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={26}
                aria-label={t('rename')}
                onClick={() => ui.set({ asking: { what: 'rename', keys: [key] } })}
              >
                <IconPencil size={15} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
        </p>
      </div>
      {!readOnly && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          aria-label={t('menu')}
          aria-haspopup="menu"
          onClick={(event) => {
            const { left, bottom } = event.currentTarget.getBoundingClientRect();
            ui.set({ current: key, selected: new Set([key]), menu: { key, x: left, y: bottom + 4 } });
          }}
        >
          <IconDotsVertical size={18} aria-hidden />
        </ActionIcon>
      )}
    </>
  );
}
