/** How decimals are typed in fields for numbers: as the reader's region writes them, a point always taken, too. */
import { useMemo } from 'react';
import { formatLocale } from './languages';
import { useLang } from './use-lang';

export function useSeparators() {
  const lang = useLang();
  return useMemo(() => {
    const parts = new Intl.NumberFormat(formatLocale(lang)).formatToParts(1.5);
    const decimalSeparator = parts.find(({ type }) => type === 'decimal')?.value ?? '.';
    return { decimalSeparator, allowedDecimalSeparators: ['.', ','] };
  }, [lang]);
}
