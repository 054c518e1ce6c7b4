/** The language somebody reads, and how dates and numbers are written for them. Knows no text. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useOrganisation } from '@/api/organisation';
import { type Formats, formats } from '@/format/formats';
import { formatLocale, type Lang, langOf } from './languages';

export function useLang(): Lang {
  const { i18n } = useTranslation();
  return langOf(i18n.resolvedLanguage ?? i18n.language);
}

/** Dates in the organisation's zone, numbers in its region. */
export function useFormats(): Formats {
  const lang = useLang();
  const { data: organisation } = useOrganisation();
  const zone = organisation?.zone;
  return useMemo(() => formats(formatLocale(lang), zone), [lang, zone]);
}
