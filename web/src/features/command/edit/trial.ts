/** A trial of rules: one runs at a time on the server, so that whoever comes second waits for their turn. */
import { ApiError } from '../../../api/client';
import { edits, type Sketch, type Tried } from '../../../api/edits';

/** When to ask again where the server names no time. */
const RETRY_S = 5;

/** Tries until the server has time for it. `onWaiting` hears when another trial is in the way, and when no more. */
export async function tryPatiently(
  zone: Sketch,
  span: { from: string; to: string },
  signal: AbortSignal,
  onWaiting: (waiting: boolean) => void,
): Promise<Tried> {
  for (;;) {
    try {
      return await edits.tryRules(zone, span.from, span.to, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem.code !== 'trial_busy') throw error;
      onWaiting(true);
      await pause((error.problem.retry_after_s ?? RETRY_S) * 1_000, signal);
    } finally {
      onWaiting(false);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
