/** Takes note of many alarms, one after the other, so that what fails is known by its alarm and the rest is still done. */

export interface Progress {
  done: number;
  of: number;
  failed: readonly { id: string; error: unknown }[];
  /** Nothing is under way any more. */
  over: boolean;
}

/** Stops asking after this many failures in a row: the server is gone, and hundreds of attempts would not find it. */
const GIVE_UP = 3;

/** Tells the progress after every one; what is left when it gives up counts as failed. */
export async function oneByOne(
  ids: readonly string[],
  act: (id: string) => Promise<void>,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Progress> {
  const failed: { id: string; error: unknown }[] = [];
  let done = 0;
  let inRow = 0;
  const now = (over: boolean): Progress => ({ done, of: ids.length, failed: [...failed], over });
  tell(now(false));
  for (const id of ids) {
    if (signal.aborted) break;
    const error = inRow >= GIVE_UP ? failed.at(-1)?.error : await tried(act, id);
    if (error === undefined) done += 1;
    else failed.push({ id, error });
    inRow = error === undefined ? 0 : inRow + 1;
    tell(now(false));
  }
  const last = now(true);
  tell(last);
  return last;
}

async function tried(act: (id: string) => Promise<void>, id: string): Promise<unknown> {
  try {
    await act(id);
    return undefined;
  } catch (error) {
    return error ?? new Error('unknown');
  }
}
