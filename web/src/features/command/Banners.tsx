/** What makes the whole picture doubtful, across the whole width: a lost connection, a full disk, a wrong clock. */
import { translateName, useI18n } from '../../i18n';
import { nearText } from '../../i18n/time';
import type { Picture, Site } from '../../live/site';

/** CONSOLE: a desk whose clock differs by more is told so. */
const CLOCK_OFF_MS = 2_000;
/** Behind by more than this the picture is no longer what happens now. */
const LAG_MS = 5_000;

export function Banners({ site, picture }: { site: Site; picture: Picture }) {
  const { language, t } = useI18n();
  const lost = picture.connection === 'lost';
  const offsetMs = Math.abs(picture.clockOffsetMs);
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
      {!lost && picture.lagMs > LAG_MS && (
        <p className="banner banner-bad" role="alert">
          {t('banner.lag', { seconds: Math.round(picture.lagMs / 1000) })}
        </p>
      )}
      {offsetMs > CLOCK_OFF_MS && (
        <p className="banner">{t('banner.clock', { seconds: Math.round(offsetMs / 1000) })}</p>
      )}
    </div>
  );
}
