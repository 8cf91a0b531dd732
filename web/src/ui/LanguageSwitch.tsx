/** Names the other language in that language, so that whoever needs it can read it. */
import { setLanguage, useI18n } from '../i18n';

export function LanguageSwitch() {
  const { language, t } = useI18n();
  const other = language === 'en' ? 'zh-CN' : 'en';
  return (
    <button
      type="button"
      className="quiet"
      lang={other}
      data-testid="language-switch"
      onClick={() => setLanguage(other)}
    >
      {t('app.language')}
    </button>
  );
}
