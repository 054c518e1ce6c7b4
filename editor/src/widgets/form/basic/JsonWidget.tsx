/** Any value, written as JSON; the last refuge of a schema without a widget. Knows JSON only. */
import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WidgetProps } from '../registry';
import { common } from './common';

export function JsonWidget(props: WidgetProps) {
  const { t } = useTranslation('form');
  const [text, setText] = useState(() =>
    props.value === undefined ? '' : JSON.stringify(props.value, null, 2),
  );
  const [wrong, setWrong] = useState(false);

  const change = (next: string) => {
    setText(next);
    if (next.trim() === '') {
      setWrong(false);
      props.onChange(undefined);
      return;
    }
    try {
      props.onChange(JSON.parse(next));
      setWrong(false);
    } catch {
      setWrong(true);
    }
  };

  return (
    <Textarea
      {...common(props)}
      error={wrong ? t('json.wrong') : props.error}
      rows={5}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
