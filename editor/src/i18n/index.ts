/**
 * Starts the translations: one JSON file per language and part of the app, loaded when first needed.
 *
 * Knows where the files are; never a text or a page. A new file in `es/`, `en/` and `pt/` is a new namespace.
 */
import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { speak } from '@/api/client';
import { part } from '@/api/part';
import { firstLang, type Lang } from './languages';

const files = import.meta.glob<{ default: Record<string, unknown> }>('./{es,en,pt}/*.json');

const backend: BackendModule = {
  type: 'backend',
  init() {},
  async read(lang: string, namespace: string) {
    const load = files[`./${lang}/${namespace}.json`];
    if (load === undefined) throw new Error(`there are no texts ${lang}/${namespace}`);
    return (await part(load)).default as Record<string, string>;
  },
};

export const i18n = i18next.createInstance();

function tell(lang: string): void {
  document.documentElement.lang = lang;
  speak(lang);
}

/** Loads what the frame needs, in the language of this browser's owner. */
export async function startTexts(): Promise<void> {
  const lang = firstLang();
  i18n.on('languageChanged', tell);
  await i18n
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: lang,
      fallbackLng: false,
      supportedLngs: ['es', 'en', 'pt'],
      ns: ['shell'],
      defaultNS: 'shell',
      keySeparator: '.',
      nsSeparator: ':',
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
      returnNull: false,
    });
}

/** Changes the language of everything. */
export async function changeLang(lang: Lang): Promise<void> {
  await i18n.changeLanguage(lang);
}
