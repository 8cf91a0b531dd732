/** Whether this desk can be heard, said at all times; silence for ten minutes at a press, and back again. */
import { useEffect, useState } from 'react';
import { useI18n, type Translate } from '../../../i18n';
import { spanText } from '../../../i18n/time';
import { beHeard, beQuiet, QUIET_MS, soundWaitsForTouch, useQuietUntil } from './quiet';

export function SoundButton() {
  const { t } = useI18n();
  const until = useQuietUntil();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
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
        {t('sound.quiet', { left: leftText(until - now, t) })}
      </button>
    );
  }
  if (soundWaitsForTouch()) {
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
      onClick={() => {
        setNow(Date.now());
        beQuiet();
      }}
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
