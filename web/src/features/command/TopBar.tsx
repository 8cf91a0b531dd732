/** What a commander must always see: is the picture live, how old is it, how many vehicles, how many alarms. */
import { useI18n } from '../../i18n';
import { clockText, dataAgeText } from '../../i18n/time';
import type { Priority, Session } from '../../api/types';
import { isOld } from '../../live/age';
import type { Picture, Site } from '../../live/site';
import { nameOf } from '../../map/drawn';
import { LanguageSwitch } from '../../ui/LanguageSwitch';
import { noteInRoute } from '../../ui/route';
import { ThemeSwitch } from '../../ui/ThemeSwitch';
import { Nav } from '../../ui/Nav';
import { PriorityShape } from '../../ui/PriorityBadge';
import { UserMenu } from '../../ui/UserMenu';
import { Ticked } from '../../ui/Ticked';
import { useTicked } from '../../ui/useTicked';

const PRIORITIES: readonly Priority[] = [1, 2, 3, 4];
const PULSE_MS = 250;

export function TopBar({
  site,
  picture,
  session,
  wall,
  onSignOut,
}: {
  site: Site;
  picture: Picture;
  session: Session;
  /** On a wall nobody presses anything: only what is to be read. */
  wall: boolean;
  onSignOut: () => void;
}) {
  const { language, t } = useI18n();
  const park = nameOf(site.features.list('parks')[0]?.properties ?? {}, language);
  return (
    <header className="topbar">
      <h1>
        {t('app.title')}
        {park && <span className="park-name">{park}</span>}
      </h1>
      {!wall && <Nav session={session} />}
      <span
        className={`connection connection-${picture.connection}`}
        data-testid="connection-state"
        data-state={picture.connection}
      >
        {t(`connection.${picture.connection}`)}
      </span>
      <Pulse site={site} picture={picture} />
      <span className="counts" role="group" aria-label={t('top.alarms')}>
        {PRIORITIES.map((priority) => {
          const count = picture.alarms.filter((alarm) => alarm.priority === priority).length;
          return (
            <span key={priority} className={count ? 'count' : 'count none'} aria-label={`P${priority}: ${count}`}>
              <PriorityShape priority={priority} />
              {picture.alarmsKnown ? count : '?'}
            </span>
          );
        })}
      </span>
      <span className="spring" />
      {wall ? (
        <button type="button" className="quiet wall-leave" onClick={() => noteInRoute({ wall: null })}>
          {t('look.wall.leave')}
        </button>
      ) : (
        <>
          <button
            type="button"
            className="quiet icon-button"
            aria-label={t('look.wall')}
            title={t('look.wall')}
            onClick={() => noteInRoute({ wall: '1' })}
            data-testid="wall-enter"
          >
            <svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
              <path d="M2 4h20v13H2zM8 21h8M12 17v4" />
            </svg>
          </button>
          <ThemeSwitch />
          <LanguageSwitch />
          <UserMenu session={session} onSignOut={onSignOut} />
        </>
      )}
    </header>
  );
}

/** What changes all the time, apart from what does not: the time, how old the picture is, how many vehicles it shows. */
function Pulse({ site, picture }: { site: Site; picture: Picture }) {
  const { language, t } = useI18n();
  const ageMs = (now: number) => (site.heardAtMs === null ? null : now - site.heardAtMs + site.lagMs);
  const old = useTicked(site.clock, PULSE_MS, (now) => isOld(picture.connection, ageMs(now)));
  const ageText = (now: number) => {
    const ms = ageMs(now);
    return ms === null ? t('top.age.none') : dataAgeText(ms, t);
  };
  return (
    <>
      <time className="clock">
        <Ticked clock={site.clock} everyMs={PULSE_MS} text={(now) => clockText(now, language)} />
      </time>
      <span className={old ? 'old' : ''}>
        {t('top.age')}{' '}
        <strong data-testid="data-age">
          <Ticked clock={site.clock} everyMs={PULSE_MS} text={ageText} />
        </strong>
      </span>
      <span>
        {t('top.vehicles')}{' '}
        <strong data-testid="vehicle-count">
          <Ticked clock={site.clock} everyMs={PULSE_MS} text={() => String(site.vehicleCount)} />
        </strong>
      </span>
    </>
  );
}
