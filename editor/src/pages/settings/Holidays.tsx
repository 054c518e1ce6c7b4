/** Days without business, added and taken away. Knows dates; never what they hold back. */
import { Button, CloseButton, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '@/i18n/use-lang';
import classes from './Settings.module.css';

interface Props {
  days: readonly string[];
  disabled: boolean;
  onChange: (days: string[]) => void;
}

export function Holidays({ days, disabled, onChange }: Props) {
  const { t } = useTranslation('settings');
  const show = useFormats();
  const [day, setDay] = useState('');
  const sorted = days.toSorted();
  return (
    <>
      {sorted.length === 0 ? (
        <p className="soft">{t('holidays.none')}</p>
      ) : (
        <ul className={classes.days}>
          {sorted.map((each) => (
            <li key={each}>
              {show.day(each)}
              <CloseButton
                size="sm"
                disabled={disabled}
                aria-label={t('holidays.remove', { day: show.day(each) })}
                onClick={() => onChange(sorted.filter((other) => other !== each))}
              />
            </li>
          ))}
        </ul>
      )}
      {!disabled && (
        <div className={classes.add}>
          <TextInput
            type="date"
            label={t('holidays.day')}
            value={day}
            onChange={(event) => setDay(event.currentTarget.value)}
          />
          <Button
            variant="default"
            disabled={day === '' || days.includes(day)}
            onClick={() => {
              onChange([...days, day].toSorted());
              setDay('');
            }}
          >
            {t('holidays.add')}
          </Button>
        </div>
      )}
    </>
  );
}
