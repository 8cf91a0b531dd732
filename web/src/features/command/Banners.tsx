/** What makes the whole picture doubtful, across the whole width: a lost connection, a full disk, a wrong clock. */
import { translateName, useI18n } from '../../i18n';
import { nearText } from '../../i18n/time';
import type { Picture, Site } from '../../live/site';


export function Banners({ site, picture }: { site: Site; picture: Picture }) {
  const { language, t } = useI18n();
  const lost = picture.connection === 'lost';
  return (
    <div className="banners">
      {lost && (
        <p className="banner banner-lost" role="alert" data-testid="banner-lost">
          {site.heardAtMs === null
            ? t('banner.lost.never')
            : t('banner.lost', { time: nearText(site.heardAtMs, site.clock.now(), language) })}
          <button type="button" onClick={() => site.hurry()}>
            {t('banner.retry')}
          </button>
        </p>
      )}
      {picture.notReady.map((reason) => (
        <p key={reason} className="banner banner-bad" role="alert" data-testid="banner-health" data-reason={reason}>
          {translateName(t, 'health', reason, () => t('health.other', { reason }))}
        </p>
      ))}
      {picture.warnings.map((reason) => (
        <p key={reason} className="banner" role="alert" data-testid="banner-health" data-reason={reason}>
          {translateName(t, 'health', reason, () => t('health.other', { reason }))}
        </p>
      ))}
      {!lost && picture.behindS > 0 && (
        <p className="banner banner-bad" role="alert">
          {t('banner.lag', { seconds: picture.behindS })}
        </p>
      )}
      {picture.clockOffS > 0 && <p className="banner">{t('banner.clock', { seconds: picture.clockOffS })}</p>}
    </div>
  );
}
