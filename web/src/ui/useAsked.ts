/**
 * Something that is asked of the server, and asked again every so often while the page is looked at. A failure keeps the
 * last answer and says so.
 */
import { useCallback, useEffect, useRef, useState } from 'react';

export interface Asked<T> {
  /** The last answer; `null` before the first. */
  value: T | null;
  /** Why the last question was not answered; `null` when it was. */
  error: unknown;
  /** When the last answer came, by this desk's clock. */
  atMs: number | null;
  ask: () => Promise<void>;
}

export function useAsked<T>(question: () => Promise<T>, everyMs: number | null): Asked<T> {
  const [answer, setAnswer] = useState<{ value: T; atMs: number } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const asks = useRef(question);
  asks.current = question;
  const gone = useRef(false);

  const ask = useCallback(async () => {
    try {
      const value = await asks.current();
      if (gone.current) return;
      setAnswer({ value, atMs: Date.now() });
      setError(null);
    } catch (cause) {
      if (!gone.current) setError(cause);
    }
  }, []);

  useEffect(() => {
    gone.current = false;
    void ask();
    // One question at a time: a slow server is not asked faster than it answers.
    let timer = 0;
    const again = async () => {
      if (!document.hidden) await ask();
      if (!gone.current && everyMs !== null) timer = window.setTimeout(() => void again(), everyMs);
    };
    if (everyMs !== null) timer = window.setTimeout(() => void again(), everyMs);
    return () => {
      gone.current = true;
      window.clearTimeout(timer);
    };
  }, [ask, everyMs]);
  return { value: answer?.value ?? null, atMs: answer?.atMs ?? null, error, ask };
}
