/** The tracks and events of the vehicles that are played: read in bounded pages, two vehicles at a time, and left when asked. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from '../../../api/client';
import type { Event } from '../../../api/types';
import type { Point } from '../track';
import { loadTrack } from '../track-load';
import type { Span } from './timeline';

/** Fixes of all vehicles together: about 20 vehicles at a fix a second for two hours, 15 MB. */
const MOST_FIXES = 150_000;
const AT_ONCE = 2;

export interface PlayedTrack {
  points: readonly Point[];
  events: readonly Event[];
  /** From here on there was no room for more. */
  cutAtMs: number | null;
  error: unknown;
}

export interface Tracks {
  of: ReadonlyMap<string, PlayedTrack>;
  /** How much of everything has been read, 0 to 1. */
  share: number;
  reading: boolean;
  /** A person does not want to wait: what was read stands. */
  cancel: () => void;
}

export function useTracks(vehicles: readonly string[], span: Span): Tracks {
  const [tracks, setTracks] = useState<ReadonlyMap<string, PlayedTrack>>(new Map());
  const [share, setShare] = useState(0);
  const [reading, setReading] = useState(false);
  const stop = useRef<AbortController | null>(null);
  const readOf = useRef<Span | null>(null);
  const have = useRef(tracks);
  have.current = tracks;
  const wanted = vehicles.join('\n');
  useEffect(() => {
    const stopping = new AbortController();
    stop.current = stopping;
    const sameSpan = readOf.current?.fromMs === span.fromMs && readOf.current.toMs === span.toMs;
    readOf.current = span;
    // Another span is read anew; with the same one only who came in.
    const kept = new Map([...(sameSpan ? have.current : [])].filter(([id]) => vehicles.includes(id)));
    const missing = vehicles.filter((id) => !kept.has(id));
    setTracks(kept);
    setShare(missing.length ? 0 : 1);
    setReading(missing.length > 0);
    const shares = new Map<string, number>();
    const most = Math.floor(MOST_FIXES / Math.max(1, vehicles.length));
    const queue = [...missing];
    const worker = async () => {
      for (let id = queue.shift(); id !== undefined && !stopping.signal.aborted; id = queue.shift()) {
        const vehicle = id;
        const track = await readOne(vehicle, span, most, stopping.signal, (done) => {
          shares.set(vehicle, done);
          setShare([...shares.values()].reduce((sum, one) => sum + one, 0) / missing.length);
        });
        if (stopping.signal.aborted) return;
        setTracks((all) => new Map(all).set(vehicle, track));
      }
    };
    void Promise.all(Array.from({ length: AT_ONCE }, worker)).then(() => {
      if (!stopping.signal.aborted) setReading(false);
    });
    return () => stopping.abort();
  }, [wanted, span.fromMs, span.toMs]);
  const cancel = useCallback(() => {
    stop.current?.abort();
    setReading(false);
  }, []);
  return { of: tracks, share, reading, cancel };
}

async function readOne(
  vehicle: string,
  span: Span,
  most: number,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<PlayedTrack> {
  try {
    const { points, cutAtMs } = await loadTrack(api, { vehicle, ...span, most, signal, onProgress });
    const events = await api.events({ ...span, subject: vehicle }, signal);
    return { points, events, cutAtMs, error: null };
  } catch (error) {
    return { points: [], events: [], cutAtMs: null, error };
  }
}
