/** Something that the clock decides: whoever asks is drawn again when it becomes another, not at every tick. */
import { useSyncExternalStore } from 'react';
import { tickerOf, type Ticking } from './ticker';

/** `read` is asked at every tick, so that it must be cheap. */
export function useTicked<T extends number | string | boolean>(clock: Ticking, everyMs: number, read: (nowMs: number) => T): T {
  const ticker = tickerOf(clock, everyMs);
  return useSyncExternalStore(ticker.subscribe, () => read(ticker.now()));
}
