/**
 * The features of a view, page by page, until there are as many as a desk can draw. What a zone costs is its corners: 2,000
 * areas may be 20,000 of them or two million, which are 40 MB. So corners are bounded too, and pages become as small as the
 * features turn out to be large.
 */
import type { Feature, FeatureCollection } from './types';

export interface ViewBound {
  features: number;
  corners: number;
}

export interface ViewFeatures {
  features: Feature[];
  /** How many lie there; `null` when the server does not say. */
  matched: number | null;
  /** `false` when some were left out. */
  complete: boolean;
}

export type FeaturePage = FeatureCollection & { numberMatched?: number };

const FIRST_PAGE = 50;
/** Who has so much of what is allowed asks for no further pages of two or three. */
const ENOUGH = 0.9;
const LARGEST_PAGE = 1_000;

const known = new WeakMap<object, number>();

/** How many places a geometry consists of; each geometry is counted once. */
export function cornersOf({ geometry }: Pick<Feature, 'geometry'>): number {
  if (!geometry) return 0;
  let count = known.get(geometry);
  if (count === undefined) {
    count =
      geometry.type === 'GeometryCollection'
        ? geometry.geometries.reduce((sum, part) => sum + cornersOf({ geometry: part }), 0)
        : places(geometry.coordinates);
    known.set(geometry, count);
  }
  return count;
}

function places(coordinates: readonly unknown[]): number {
  if (typeof coordinates[0] === 'number') return 1;
  return coordinates.reduce<number>((sum, part) => sum + (Array.isArray(part) ? places(part) : 0), 0);
}

/** Reads the pages of `path`, which has no `limit`; `next` is the path of a page's next one. */
export async function viewPages(
  path: string,
  bound: ViewBound,
  read: (path: string) => Promise<FeaturePage>,
  next: (page: FeaturePage) => string | undefined,
): Promise<ViewFeatures> {
  const features: Feature[] = [];
  let corners = 0;
  let matched: number | null = null;
  for (let at: string | undefined = `${path}${path.includes('?') ? '&' : '?'}limit=${FIRST_PAGE}`; at !== undefined; ) {
    const page = await read(at);
    if (features.length === 0) matched = page.numberMatched ?? null;
    for (const feature of page.features) {
      const more = cornersOf(feature);
      // One that is larger than all that is allowed is shown rather than nothing.
      if (features.length > 0 && corners + more > bound.corners) return { features, matched, complete: false };
      features.push(feature);
      corners += more;
    }
    at = next(page);
    const room = Math.floor(((bound.corners - corners) * features.length) / Math.max(1, corners));
    const wanted = Math.min(LARGEST_PAGE, bound.features - features.length, Math.max(1, room));
    if (at !== undefined && (wanted <= 0 || corners >= bound.corners * ENOUGH)) return { features, matched, complete: false };
    at = at?.replace(/\blimit=\d+/, `limit=${wanted}`);
  }
  return { features, matched, complete: true };
}
