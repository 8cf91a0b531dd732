/**
 * How the page looks at this desk: as the system says, light or dark; and the wall mode, which is larger and asks for
 * nothing. Kept on this machine, since it belongs to the room and not to the person.
 */
import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';
export type ThemeChoice = Theme | 'system';

const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark'];
const STORED_AS = 'cordon.theme';

const systemDark = typeof matchMedia === 'undefined' ? undefined : matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function stored(): ThemeChoice {
  try {
    const kept = localStorage.getItem(STORED_AS);
    return CHOICES.find((choice) => choice === kept) ?? 'system';
  } catch {
    return 'system';
  }
}

let choice: ThemeChoice = stored();

/** What the person chose. */
export function themeChoice(): ThemeChoice {
  return choice;
}

/** What is drawn. */
export function currentTheme(): Theme {
  if (choice !== 'system') return choice;
  return systemDark?.matches ? 'dark' : 'light';
}

export function setTheme(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(STORED_AS, next);
  } catch {
    // It holds until the page is closed.
  }
  apply();
}

export function onTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function apply(): void {
  document.documentElement.dataset['theme'] = currentTheme();
  for (const listener of listeners) listener();
}

/** Called once, before the first paint. */
export function startTheme(): void {
  systemDark?.addEventListener('change', apply);
  apply();
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(onTheme, themeChoice);
}
