/** A text that follows the clock, written without React: an age that counts up draws nothing else again. */
import { useLayoutEffect, useRef } from 'react';
import { tickerOf, type Ticking } from './ticker';

export interface TickedProps {
  clock: Ticking;
  everyMs: number;
  /** What is said at a moment; asked at every tick, so that it must be cheap. */
  text: (nowMs: number) => string;
}

export function Ticked({ clock, everyMs, text }: TickedProps) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const ticker = tickerOf(clock, everyMs);
    const write = () => {
      const said = text(ticker.now());
      if (place.current && place.current.textContent !== said) place.current.textContent = said;
    };
    const leave = ticker.subscribe(write);
    write();
    return leave;
  });
  return <span ref={place} />;
}
