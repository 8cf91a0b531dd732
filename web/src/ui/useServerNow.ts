/** The server's time, told again every so often, for ages on the screen. */
import { useEffect, useState } from 'react';
import type { ServerClock } from '../live/server-clock';

export function useServerNow(clock: ServerClock, everyMs: number): number {
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(clock.now()), everyMs);
    return () => window.clearInterval(timer);
  }, [clock, everyMs]);
  return now;
}
