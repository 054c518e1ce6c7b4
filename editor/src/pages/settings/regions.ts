/** Countries, currencies, locales and zones to choose from, named by the browser. Pure; knows no organisation. */
import type { Lang } from '@/i18n/languages';

export const LOCALES = [
  'es-AR',
  'es-BO',
  'es-CL',
  'es-CO',
  'es-CR',
  'es-DO',
  'es-EC',
  'es-ES',
  'es-GT',
  'es-HN',
  'es-MX',
  'es-NI',
  'es-PA',
  'es-PE',
  'es-PY',
  'es-SV',
  'es-UY',
  'es-VE',
  'pt-BR',
  'pt-PT',
  'en-US',
];
export const COUNTRIES = [
  'AR',
  'BO',
  'BR',
  'CL',
  'CO',
  'CR',
  'CU',
  'DO',
  'EC',
  'ES',
  'GT',
  'HN',
  'MX',
  'NI',
  'PA',
  'PE',
  'PR',
  'PT',
  'PY',
  'SV',
  'US',
  'UY',
  'VE',
];
export const CURRENCIES = [
  'ARS',
  'BOB',
  'BRL',
  'CLP',
  'COP',
  'CRC',
  'DOP',
  'EUR',
  'GTQ',
  'HNL',
  'MXN',
  'NIO',
  'PAB',
  'PEN',
  'PYG',
  'USD',
  'UYU',
  'VES',
];

/** Codes with their names in `lang`, by name; the current one is always among them. */
export function named(
  codes: readonly string[],
  type: 'language' | 'region' | 'currency',
  lang: Lang,
  current: string | null | undefined,
): Array<{ value: string; label: string }> {
  const names = new Intl.DisplayNames([lang], { type, fallback: 'code' });
  const all = current && !codes.includes(current) ? [...codes, current] : codes;
  return all
    .map((value) => {
      const name = names.of(value) ?? value;
      const label = name.charAt(0).toLocaleUpperCase(lang) + name.slice(1);
      return { value, label: type === 'currency' ? `${label} (${value})` : label };
    })
    .sort((a, b) => a.label.localeCompare(b.label, lang));
}

/** All zones, those of the Americas first. */
export function zones(current: string): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  const known = all.includes(current) ? all : [current, ...all];
  const near = (zone: string) => (zone.startsWith('America/') ? 0 : 1);
  return known.toSorted((a, b) => near(a) - near(b) || a.localeCompare(b));
}
