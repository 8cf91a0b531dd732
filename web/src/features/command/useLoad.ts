/** How much the alarms ask of the desk, asked of the server again and again. */
import { useEffect, useState } from 'react';
import type { AlarmLoad } from '../../api/types';
import type { Site } from '../../live/site';

const ASK_EVERY_MS = 15_000;

/** `null` before the server has answered and while it does not: an old figure would lie. */
export function useLoad(site: Site): AlarmLoad | null {
  const [load, setLoad] = useState<AlarmLoad | null>(null);
  useEffect(() => {
    let gone = false;
    const ask = () =>
      site.load().then(
        (answer) => !gone && setLoad(answer),
        () => !gone && setLoad(null),
      );
    void ask();
    const timer = window.setInterval(() => void ask(), ASK_EVERY_MS);
    return () => {
      gone = true;
      window.clearInterval(timer);
    };
  }, [site]);
  return load;
}
