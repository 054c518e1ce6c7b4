/** Chooses the language everything is read in. Knows languages, no page. */
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { changeLang } from '@/i18n';
import { chooseLang, isLang, LANGUAGE_NAMES, LANGUAGES } from '@/i18n/languages';
import { useLang } from '@/i18n/use-lang';

export function LanguageChoice() {
  const { t } = useTranslation();
  const lang = useLang();
  return (
    <Select
      aria-label={t('language')}
      data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
      value={lang}
      onChange={(next) => {
        if (!isLang(next)) return;
        chooseLang(next);
        void changeLang(next);
      }}
    />
  );
}
