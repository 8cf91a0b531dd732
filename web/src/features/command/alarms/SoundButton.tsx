/** Whether this desk can be heard, said at all times; silence for ten minutes at a press, and back again. */
import { useI18n, type Translate } from '../../../i18n';
import { spanText } from '../../../i18n/time';
import { Ticked } from '../../../ui/Ticked';
import { beHeard, beQuiet, QUIET_MS, useQuietUntil, useWaitsForTouch } from './quiet';

/** Silence is this desk's own. */
const DESK_CLOCK = { now: () => Date.now() };

export function SoundButton() {
  const { t } = useI18n();
  const until = useQuietUntil();
  const waits = useWaitsForTouch();
  if (until > 0) {
    return (
      <button
        type="button"
        className="sound sound-off"
        onClick={beHeard}
        title={t('sound.quiet.hint')}
        data-testid="sound"
        data-sound="quiet"
      >
        {<Ticked clock={DESK_CLOCK} everyMs={1_000} text={(now) => t('sound.quiet', { left: leftText(until - now, t) })} />}
      </button>
    );
  }
  if (waits) {
    return (
      <button type="button" className="sound sound-off" title={t('sound.waits.hint')} data-testid="sound" data-sound="waiting">
        {t('sound.waits')}
      </button>
    );
  }
  return (
    <button
      type="button"
      className="sound quiet"
      onClick={beQuiet}
      title={t('sound.hint', { time: spanText(QUIET_MS, t) })}
      data-testid="sound"
      data-sound="on"
    >
      {t('sound.on')}
    </button>
  );
}

/** In whole minutes while there are some: it stands in a narrow place. */
function leftText(ms: number, t: Translate): string {
  return spanText(ms > 60_000 ? Math.ceil(ms / 60_000) * 60_000 : ms, t);
}
