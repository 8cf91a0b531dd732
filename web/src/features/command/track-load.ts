/** A vehicle's track, read page by page: bounded, told as it goes on, and left when nobody waits for it. */
import type { Api } from '../../api/client';
import { pointsOf, type Point } from './track';

/** Tracks that are played in step. More at once are no help to the eye, and a request each. */
export const MOST_PLAYED = 20;

export interface LoadedTrack {
  points: Point[];
  /** Where reading ended because there was no room for more; `null` when all was read. */
  cutAtMs: number | null;
}

export interface TrackAsked {
  vehicle: string;
  fromMs: number;
  toMs: number;
  /** Most fixes that are kept. */
  most: number;
  signal: AbortSignal;
  /** What share of the time has been read. */
  onProgress: (share: number) => void;
}

/** Fails with what the server said, or with the signal's reason. */
export async function loadTrack(api: Pick<Api, 'track'>, asked: TrackAsked): Promise<LoadedTrack> {
  const { vehicle, fromMs, toMs, most, signal, onProgress } = asked;
  const points: Point[] = [];
  let nextMs: number | null = fromMs;
  onProgress(0);
  while (nextMs !== null && nextMs < toMs) {
    const page: Awaited<ReturnType<Api['track']>> = await api.track(vehicle, nextMs, toMs, signal);
    signal.throwIfAborted();
    for (const point of pointsOf(page.fixes)) points.push(point);
    nextMs = page.nextMs;
    if (points.length > most) {
      points.length = most;
      return { points, cutAtMs: points.at(-1)!.atMs };
    }
    onProgress(nextMs === null ? 1 : (nextMs - fromMs) / (toMs - fromMs));
  }
  onProgress(1);
  return { points, cutAtMs: null };
}
