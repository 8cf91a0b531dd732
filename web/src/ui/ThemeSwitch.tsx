/** Light, dark, or as the system says. */
import { useI18n } from '../i18n';
import { setTheme, useThemeChoice, type ThemeChoice } from './theme';

const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark'];

export function ThemeSwitch() {
  const { t } = useI18n();
  const choice = useThemeChoice();
  return (
    <select
      className="theme-switch"
      aria-label={t('look.theme')}
      title={t('look.theme')}
      value={choice}
      onChange={(event) => setTheme(event.target.value as ThemeChoice)}
      data-testid="theme-switch"
    >
      {CHOICES.map((name) => (
        <option key={name} value={name}>
          {t(`look.theme.${name}`)}
        </option>
      ))}
    </select>
  );
}
