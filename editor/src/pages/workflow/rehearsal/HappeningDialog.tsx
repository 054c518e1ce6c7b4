/** When a happening happens and what it carries. Knows durations and JSON; never an event. */
import { Button, Input, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { parseSpan } from '@/format/duration';
import { isObject, type Json } from '@/model';
import { CodeField } from '../panel/code/CodeField';
import { useTitles } from '../say';
import classes from './Rehearsal.module.css';
import type { Happening } from './requests';

interface Props {
  happening: Happening;
  save: (happening: Happening) => void;
  onClose: () => void;
}

export function HappeningDialog({ happening, save, onClose }: Props) {
  const { t } = useTranslation(['rehearsal', 'shell']);
  const titles = useTitles();
  const [after, setAfter] = useState(happening.after);
  const [text, setText] = useState(() => JSON.stringify(happening.data, null, 2));
  const data = parsed(text);
  const isTime = parseSpan(after) !== undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      title={titles.event(happening.type)}
      closeButtonProps={{ 'aria-label': t('shell:close') }}
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isTime && data !== undefined) save({ type: happening.type, after, data });
        }}
      >
        <TextInput
          label={t('rehearsal:happen.after')}
          description={t('rehearsal:happen.after_help')}
          value={after}
          error={isTime ? undefined : t('rehearsal:happen.after_wrong')}
          onChange={(event) => setAfter(event.currentTarget.value)}
          data-autofocus
        />
        <div>
          <Input.Label component="div">{t('rehearsal:happen.data')}</Input.Label>
          <CodeField
            value={text}
            onChange={setText}
            mode="json"
            lines="code"
            label={t('rehearsal:happen.data')}
            invalid={data === undefined}
          />
          {data === undefined && <Input.Error mt={5}>{t('rehearsal:happen.data_wrong')}</Input.Error>}
        </div>
        <div className={classes.ends}>
          <Button variant="default" onClick={onClose}>
            {t('shell:cancel')}
          </Button>
          <Button type="submit" disabled={!isTime || data === undefined}>
            {t('rehearsal:happen.save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function parsed(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
