/** Light, dark, or as the system says: one press goes to the next. */
import { useI18n } from '../i18n';
import { setTheme, useThemeChoice, type ThemeChoice } from './theme';

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: 'light', light: 'dark', dark: 'system' };
/** A half disc, a sun, a moon; in a square of 24. */
const PICTURE: Record<ThemeChoice, string> = {
  system: 'M12 3a9 9 0 0 1 0 18zM12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14z',
  light:
    'M12 7a5 5 0 1 1 0 10 5 5 0 0 1 0-10zM11 1h2v4h-2zM11 19h2v4h-2zM1 11h4v2H1zM19 11h4v2h-4zM3.5 4.9l1.4-1.4 2.8 2.8-1.4 1.4zM16.3 17.7l1.4-1.4 2.8 2.8-1.4 1.4zM19.1 3.5l1.4 1.4-2.8 2.8-1.4-1.4zM6.3 16.3l1.4 1.4-2.8 2.8-1.4-1.4z',
  dark: 'M14 2a10 10 0 1 0 8 14.5A8.5 8.5 0 0 1 14 2z',
};

export function ThemeSwitch() {
  const { t } = useI18n();
  const choice = useThemeChoice();
  const text = `${t('look.theme')}: ${t(`look.theme.${choice}`)}`;
  return (
    <button
      type="button"
      className="quiet icon-button"
      aria-label={text}
      title={text}
      onClick={() => setTheme(NEXT[choice])}
      data-testid="theme-switch"
      data-choice={choice}
    >
      <svg viewBox="0 0 24 24" width="20" height="20" fill="currentColor" fillRule="evenodd" aria-hidden="true">
        <path d={PICTURE[choice]} />
      </svg>
    </button>
  );
}
