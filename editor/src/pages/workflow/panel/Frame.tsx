/** What every panel looks like: a head that stays, a body that scrolls, the sample at the foot. Knows no form. */
import { ActionIcon } from '@mantine/core';
import { IconArrowLeft, IconX } from '@tabler/icons-react';
import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { SampleBar } from '../sample/SampleBar';
import classes from './Frame.module.css';

export interface FrameParts {
  readonly narrow: boolean;
  close(): void;
}

const Context = createContext<FrameParts | undefined>(undefined);
export const FrameContext = Context.Provider;

export function Frame({ head, children }: { head: React.ReactNode; children: React.ReactNode }) {
  const { t } = useTranslation('panel');
  const parts = useContext(Context);
  const button = (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={36}
      aria-label={t(parts?.narrow ? 'back' : 'close')}
      onClick={() => parts?.close()}
    >
      {parts?.narrow ? <IconArrowLeft size={20} aria-hidden /> : <IconX size={18} aria-hidden />}
    </ActionIcon>
  );
  return (
    <>
      <header className={classes.head}>
        {parts?.narrow && button}
        {head}
        {!parts?.narrow && button}
      </header>
      <div className={classes.body} data-panel-body>
        <div className={classes.fields}>{children}</div>
      </div>
      <SampleBar />
    </>
  );
}
