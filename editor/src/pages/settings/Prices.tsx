/** What a message costs, by channel, so that rehearsals can say what they would have spent. Knows no channel by name. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalog } from '@/api/catalog';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { channelsOf, priceOf } from './prices';
import classes from './Settings.module.css';

interface Props {
  prices: Readonly<Record<string, unknown>>;
  currency: string;
  disabled: boolean;
  onChange: (prices: Record<string, unknown>) => void;
}

export function Prices({ prices, currency, disabled, onChange }: Props) {
  const { t } = useTranslation('settings');
  const lang = useLang();
  const catalog = useCatalog();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});

  const type = (channel: string, text: string) => {
    setTyped((before) => ({ ...before, [channel]: text }));
    const { [channel]: _, ...others } = prices;
    const price = priceOf(text);
    if (price !== undefined) onChange(price === '' ? others : { ...others, [channel]: price });
  };

  return (
    <div className={classes.pair}>
      {channelsOf(catalog.data?.nodes ?? {}).map((channel) => {
        const text = typed[channel] ?? String(prices[channel] ?? '');
        return (
          <TextInput
            key={channel}
            label={
              localText(catalog.data?.connectors[channel]?.title, lang) ?? t(`prices.${channel}`, channel)
            }
            inputMode="decimal"
            rightSection={<span className="soft">{currency}</span>}
            rightSectionWidth="3.5rem"
            disabled={disabled}
            value={text}
            onChange={(event) => type(channel, event.currentTarget.value)}
            error={priceOf(text) === undefined ? t('prices.wrong') : undefined}
          />
        );
      })}
    </div>
  );
}
