/**
 * The words of the screen in the user's language. Chinese unless somebody chose otherwise; the choice is remembered on
 * this desk. No text of the screen stands anywhere else.
 */
import { useSyncExternalStore } from 'react';
import { en } from './en';
import { zh, type Key } from './zh-CN';

export type Language = 'zh-CN' | 'en';
export type { Key };

export type Values = Record<string, string | number>;
/** Looks up a text and fills in its values. */
export type Translate = (key: Key, values?: Values) => string;

const DICTIONARIES: Record<Language, Record<Key, string>> = { 'zh-CN': zh, en };
const STORED_AS = 'cordon.language';

function remembered(): Language {
  try {
    return localStorage.getItem(STORED_AS) === 'en' ? 'en' : 'zh-CN';
  } catch {
    // Storage may be forbidden; the default serves.
    return 'zh-CN';
  }
}

let language: Language = typeof localStorage === 'undefined' ? 'zh-CN' : remembered();
const listeners = new Set<() => void>();

export function currentLanguage(): Language {
  return language;
}

export function setLanguage(next: Language): void {
  language = next;
  try {
    localStorage.setItem(STORED_AS, next);
  } catch {
    // It holds until the page is closed.
  }
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function isKey(key: string): key is Key {
  return Object.hasOwn(zh, key);
}

/** The text of a language; a value that is not given stays visible as its name. */
export function translate(to: Language, key: Key, values: Values = {}): string {
  return DICTIONARIES[to][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The text `prefix.name` if the dictionary has it, else `fallback`: for words that the server may add to. */
export function translateName(t: Translate, prefix: string, name: string, fallback: () => string): string {
  const key = `${prefix}.${name}`;
  return isKey(key) ? t(key) : fallback();
}

export interface I18n {
  language: Language;
  t: Translate;
}

const TRANSLATORS: Record<Language, I18n> = {
  'zh-CN': { language: 'zh-CN', t: (key, values) => translate('zh-CN', key, values) },
  en: { language: 'en', t: (key, values) => translate('en', key, values) },
};

export function currentI18n(): I18n {
  return TRANSLATORS[language];
}

export function useI18n(): I18n {
  return useSyncExternalStore(onLanguage, currentI18n);
}
