/**
 * The languages there are and which one somebody reads.
 *
 * Knows where the choice is kept; never a text.
 */
export const LANGUAGES = ['es', 'en', 'pt'] as const;
export type Lang = (typeof LANGUAGES)[number];

/** Each in its own words, as a list of languages shows them. */
export const LANGUAGE_NAMES: Record<Lang, string> = { es: 'Español', en: 'English', pt: 'Português' };

/** The form of dates and numbers where only a language is known. */
const REGION: Record<Lang, string> = { es: 'es-AR', en: 'en-US', pt: 'pt-BR' };

const CHOICE = 'operandi.language';
const LAST_LOCALE = 'operandi.locale';

export function isLang(text: string | null | undefined): text is Lang {
  return (LANGUAGES as readonly string[]).includes(text ?? '');
}

/** `es-AR` is read in `es`; what we do not speak, in Spanish. */
export function langOf(locale: string | null | undefined): Lang {
  const base = locale?.split('-')[0]?.toLowerCase();
  return isLang(base) ? base : 'es';
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing only forgets the choice.
  }
}

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** What somebody has chosen in this browser. */
export function chosenLang(): Lang | undefined {
  const choice = kept(CHOICE);
  return isLang(choice) ? choice : undefined;
}

export function chooseLang(lang: Lang): void {
  keep(CHOICE, lang);
}

/** The organisation's locale, kept so that the next start needs not to wait for it. */
export function rememberLocale(locale: string): void {
  keep(LAST_LOCALE, locale);
}

/** The language of the first picture: the choice, else the organisation's, else Spanish. */
export function firstLang(): Lang {
  return chosenLang() ?? langOf(kept(LAST_LOCALE));
}

/** How dates and numbers are written: the organisation's region when its language is read. */
export function formatLocale(lang: Lang): string {
  const locale = kept(LAST_LOCALE);
  return locale !== null && langOf(locale) === lang && locale.includes('-') ? locale : REGION[lang];
}
