/** Everything that the evidence of one event needs, asked for piece by piece: the explanation first, the rest if there is. */
import { useEffect, useState } from 'react';
import type { Geometry } from 'geojson';
import { api } from '../../../api/client';
import type { Explanation } from '../../../api/types';
import type { Site } from '../../../live/site';
import { pointsOf, type Point } from '../track';
import { sameShape } from './geometry';

/** How much of the track is shown before and after. */
export const AROUND_MS = 120_000;
/** The longest track that is read for one event. */
const LONGEST_MS = 3_600_000;

export interface Evidence {
  explanation: Explanation;
  judged: Geometry | null;
  today: Geometry | null;
  /** The zone of then could not be read. */
  judgedMissing: boolean;
  around: readonly Point[];
  fromMs: number;
  toMs: number;
}

export type Asked = { of: 'asking' } | { of: 'failed'; error: unknown } | { of: 'known'; evidence: Evidence };

export function useEvidence(site: Site, event: string): Asked {
  const [asked, setAsked] = useState<Asked>({ of: 'asking' });
  useEffect(() => {
    let gone = false;
    setAsked({ of: 'asking' });
    read(site, event).then(
      (evidence) => !gone && setAsked({ of: 'known', evidence }),
      (error: unknown) => !gone && setAsked({ of: 'failed', error }),
    );
    return () => {
      gone = true;
    };
  }, [site, event]);
  return asked;
}

async function read(site: Site, id: string): Promise<Evidence> {
  const explanation = await api.explain(id);
  const { event } = explanation;
  const atMs = Date.parse(event.at);
  const endMs = event.ended_at ? Date.parse(event.ended_at) : Math.min(site.clock.now(), atMs + LONGEST_MS);
  const fromMs = atMs - AROUND_MS;
  const toMs = Math.min(endMs, atMs + LONGEST_MS) + AROUND_MS;
  const [zone, around] = await Promise.all([shapes(site, explanation), track(explanation, fromMs, toMs)]);
  return { explanation, ...zone, around, fromMs, toMs };
}

/** What was driven around it; evidence is shown without where the track is not to be had. */
async function track({ event }: Explanation, fromMs: number, toMs: number): Promise<readonly Point[]> {
  if (event.subject.kind !== 'vehicle' || !event.subject.id) return [];
  try {
    return pointsOf((await api.track(event.subject.id, fromMs, toMs)).fixes);
  } catch {
    return [];
  }
}

async function shapes(site: Site, { zone }: Explanation): Promise<Pick<Evidence, 'judged' | 'today' | 'judgedMissing'>> {
  const today = (zone && site.features.get('zones', zone.id)?.geometry) ?? null;
  if (!zone || zone.revision === zone.current_revision) return { judged: today, today: null, judgedMissing: false };
  let judged: Geometry | null = null;
  try {
    judged = (await api.zoneRevision(zone.id, zone.revision))?.geometry ?? null;
  } catch {
    // Said on the card; today's shape is shown as what it is.
  }
  if (!judged) return { judged: null, today, judgedMissing: true };
  return { judged, today: sameShape(judged, today) ? null : today, judgedMissing: false };
}
