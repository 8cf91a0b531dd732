import { setLanguage, useI18n } from '../i18n';

export function LanguageSwitch() {
  const { language, t } = useI18n();
  const other = language === 'en' ? 'zh-CN' : 'en';
  return (
    <button
      type="button"
      className="quiet"
      lang={other}
      aria-label={t('app.language.label')}
      data-testid="language-switch"
      onClick={() => setLanguage(other)}
    >
      {t('app.language')}
    </button>
  );
}
