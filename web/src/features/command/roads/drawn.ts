/** Open questions about roads as the map draws them. Pure: a picture in, features out. */
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { Language } from '../../../i18n';
import type { LonLat } from '../../../map/datum';
import { circle, destination } from '../../../map/geodesy';
import { waysOf } from '../../../api/roads';
import { minutesText } from './words';
import { SECTOR_DEG, type Picture, type Plan } from './plans';

/** Letters of a route's places: from, to; those between are numbered. */
const FROM = 'A';
const TO = 'B';
/** A corner of an arc for so many degrees. */
const STEP_DEG = 4;

export function placeLabel(plan: Plan, index: number): string {
  if (plan.mode !== 'route') return '';
  if (index === 0) return FROM;
  return index === plan.points.length - 1 ? TO : String(index);
}

function feature(geometry: Geometry, properties: Record<string, unknown>): Feature {
  return { type: 'Feature', geometry, properties };
}

function ofAnswer({ id: plan, answer, chosen }: Plan, active: boolean, language: Language): Feature[] {
  switch (answer?.mode) {
    case 'route':
      return [
        ...answer.value.refused.map(({ geometry, text }) =>
          feature(geometry, { what: 'refused', active, label: language === 'en' ? text.en : text.zh }),
        ),
        ...waysOf(answer.value).flatMap(({ geometry, duration_s }, way) =>
          active && way !== chosen ? [feature(geometry, { what: 'other', active, plan, way, label: minutesText(duration_s) })] : [],
        ),
        feature((waysOf(answer.value)[chosen] ?? answer.value).geometry, { what: 'way', active }),
      ];
    case 'nearest':
      return answer.value.items.flatMap(({ lon, lat, duration_s, route }, i) => [
        ...(route ? [feature(route.geometry, { what: 'way', active: active && i === 0 })] : []),
        feature(
          { type: 'Point', coordinates: [lon, lat] },
          { what: 'near', active, label: `${i + 1} · ${minutesText(duration_s)}` },
        ),
      ]);
    case 'reach':
      // The widest first, so that the nearer ones lie on it.
      return [...answer.value.items]
        .sort((a, b) => b.limit_s - a.limit_s)
        .map(({ area, limit_s }, i) => feature(area, { what: 'reach', active, step: i, label: `${limit_s / 60} min` }));
    default:
      return [];
  }
}

/** The circle that nobody is to drive into, and its part where to arrive. */
function ofRing({ mode, points, upwind }: Plan, active: boolean): Feature[] {
  const centre = points.at(-1);
  if (mode !== 'route' || !upwind || !centre) return [];
  const { radius_m, wind_from_deg } = upwind;
  const line = (places: LonLat[], what: string) =>
    feature({ type: 'LineString', coordinates: places.map(({ lon, lat }) => [lon, lat]) }, { what, active });
  const arc = Array.from({ length: SECTOR_DEG / STEP_DEG + 1 }, (_, i) =>
    destination(centre, wind_from_deg - SECTOR_DEG / 2 + i * STEP_DEG, radius_m),
  );
  return [line(circle(centre, radius_m), 'ring'), line(arc, 'upwind')];
}

export function drawn({ plans, active, closures }: Picture, language: Language): FeatureCollection {
  // What is closed for others only is no matter of the question at hand.
  const profile = plans.find(({ id }) => id === active)?.profile;
  const closed = (closures?.items ?? [])
    .filter(({ in_force, audience }) => in_force && (profile === undefined || audience.includes(profile)))
    .map(({ geometry }) => feature(geometry, { what: 'closed' }));
  // The active one last: it lies on top.
  const ordered = [...plans].sort((a, b) => Number(a.id === active) - Number(b.id === active));
  const answers = ordered.flatMap((plan) => [...ofRing(plan, plan.id === active), ...ofAnswer(plan, plan.id === active, language)]);
  const points = ordered.flatMap((plan) =>
    plan.points.flatMap((at, index) =>
      at === null
        ? []
        : [
            feature(
              { type: 'Point', coordinates: [at.lon, at.lat] },
              { what: 'place', active: plan.id === active, plan: plan.id, index, label: placeLabel(plan, index) },
            ),
          ],
    ),
  );
  return { type: 'FeatureCollection', features: [...closed, ...answers, ...points] };
}
