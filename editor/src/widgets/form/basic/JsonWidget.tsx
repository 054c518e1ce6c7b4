/** Any value, written as JSON; the last refuge of a schema without a widget. Knows JSON only. */
import { Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WidgetProps } from '../registry';
import { common } from './common';

export function JsonWidget(props: WidgetProps) {
  const { t } = useTranslation('form');
  const [text, setText] = useState(() => written(props.value));
  const [wrong, setWrong] = useState(false);
  const told = JSON.stringify(props.value);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only what comes from outside replaces the text
  useEffect(() => {
    if (meant(text) !== told) setText(written(props.value));
  }, [told]);

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

function written(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}

/** The value a text stands for, in one form; `undefined` when it stands for none. */
function meant(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}
