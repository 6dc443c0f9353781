// The dashboard's words, in the language the browser asks for or the person chose.

import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';
import { ru } from './ru.ts';

export const LANGUAGES = { en: 'English', ru: 'Русский' } as const;
export type Language = keyof typeof LANGUAGES;
const KEY = 'tropa.language';

const isLanguage = (text: string | null): text is Language => text !== null && Object.hasOwn(LANGUAGES, text);

function preferred(): Language {
  const kept = localStorage.getItem(KEY);
  if (isLanguage(kept)) return kept;
  const asked = navigator.languages.map((one) => one.slice(0, 2)).find((one) => isLanguage(one));
  return isLanguage(asked ?? null) ? (asked as Language) : 'en';
}

const language = preferred();
void i18next.use(initReactI18next).init({
  lng: language,
  fallbackLng: 'en',
  resources: { en: { translation: en }, ru: { translation: ru } },
  keySeparator: false,
  nsSeparator: false,
  // React writes text as text already.
  interpolation: { escapeValue: false },
  initAsync: false,
});
document.documentElement.lang = language;

/** The language of now. */
export const languageNow = (): Language => (isLanguage(i18next.language) ? i18next.language : 'en');

/** Changes the language, and keeps it for the next visit. */
export async function speak(next: Language): Promise<void> {
  localStorage.setItem(KEY, next);
  document.documentElement.lang = next;
  await i18next.changeLanguage(next);
}
