/** The server's time, told again every so often, for ages on the screen. */
import { useSyncExternalStore } from 'react';
import type { ServerClock } from '../live/server-clock';
import { tickerOf } from './ticker';

export function useServerNow(clock: ServerClock, everyMs: number): number {
  const ticker = tickerOf(clock, everyMs);
  return useSyncExternalStore(ticker.subscribe, ticker.now);
}
