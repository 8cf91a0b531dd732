import { describe, expect, test } from 'vitest';
import { currentI18n } from '../../../i18n';
import { drawn } from './drawn';
import type { Picture, Plan } from './plans';
import { search } from './places';
import { durationText, minutesText, wayText } from './words';

const plan = (more: Partial<Plan>): Plan => ({
  id: 1,
  mode: 'route',
  profile: 'car',
  points: [{ lon: 121, lat: 30 }, null, { lon: 122, lat: 30 }],
  kind: 'ambulance', upwind: null,
  answer: null,
  chosen: 0,
  problem: null,
  asking: false,
  turned: { times: 0, before: null },
  ...more,
});

const line = (lon: number) => ({ type: 'MultiLineString' as const, coordinates: [[[lon, 30], [lon, 31]]] });

describe('what is drawn of the roads', () => {
  test('places have letters, those between are numbered, one that is missing is left out', () => {
    const { features } = drawn({ plans: [plan({})], active: 1, awaits: 1, closures: null }, 'en');
    expect(features.map(({ properties }) => properties?.['label'])).toEqual(['A', 'B']);
  });

  test('a ring to arrive at is drawn with the part that the wind comes over, around the end and nowhere else', () => {
    const upwind = { radius_m: 500, wind_from_deg: 90 };
    const of = (more: Partial<Plan>) => drawn({ plans: [plan(more)], active: 1, awaits: null, closures: null }, 'en').features;
    const what = (name: string, more: Partial<Plan>) =>
      of(more)
        .filter(({ properties }) => properties?.['what'] === name)
        .flatMap(({ geometry }) => (geometry as { coordinates: number[][] }).coordinates);
    expect(what('ring', {})).toEqual([]);
    expect(what('ring', { upwind, points: [{ lon: 121, lat: 30 }, null] })).toEqual([]);
    const ring = what('ring', { upwind });
    expect(ring[0]).toEqual(ring.at(-1));
    expect(ring.every(([lon]) => Math.abs(lon! - 122) < 0.006)).toBe(true);
    // The wind from the east: the arc lies east of the end, its middle straight east.
    const arc = what('upwind', { upwind });
    expect(arc.every(([lon]) => lon! > 122.002)).toBe(true);
    expect(arc[(arc.length - 1) / 2]![1]).toBeCloseTo(30, 5);
  });

  test('refused roads carry the reason in the page’s language, and closures to come or for others are not drawn', () => {
    const text = { zh: '隧道：禁止危险货物', en: 'Tunnel: no dangerous goods' };
    const value = { geometry: { type: 'LineString', coordinates: [] }, refused: [{ geometry: line(121), text }] };
    const closed = (in_force: boolean, ...audience: string[]) => ({ in_force, audience, geometry: line(1) });
    const closures = { items: [closed(true, 'car', 'foot'), closed(true, 'hazmat_truck'), closed(false, 'car')] };
    const picture = {
      plans: [plan({ answer: { mode: 'route', value } as unknown as Plan['answer'] })],
      active: 1,
      awaits: null,
      closures,
    } as unknown as Picture;
    const of = (language: 'zh-CN' | 'en') => drawn(picture, language).features.map(({ properties }) => properties);
    expect(of('en').filter((p) => p?.['what'] === 'closed')).toHaveLength(1);
    expect(of('en').find((p) => p?.['what'] === 'refused')).toMatchObject({ label: text.en, active: true });
    expect(of('zh-CN').find((p) => p?.['what'] === 'refused')).toMatchObject({ label: text.zh });
  });

  test('the way that was chosen is the main line, the others are told by their times', () => {
    const way = (duration_s: number) => ({ duration_s, length_m: 1, geometry: { type: 'LineString', coordinates: [[duration_s, 30]] }, instructions: [] });
    const value = { ...way(60), refused: [], alternatives: [way(65), way(70)] };
    const seen = (chosen: number) =>
      drawn({ plans: [plan({ chosen, answer: { mode: 'route', value } as unknown as Plan['answer'] })], active: 1, awaits: null, closures: null }, 'en')
        .features.filter(({ properties }) => ['way', 'other'].includes(properties?.['what']))
        .map(({ properties, geometry }) => [properties?.['what'], properties?.['way'] ?? null, (geometry as { coordinates: number[][] }).coordinates[0]![0]]);
    expect(seen(0)).toEqual([['other', 1, 65], ['other', 2, 70], ['way', null, 60]]);
    expect(seen(2)).toEqual([['other', 0, 60], ['other', 1, 65], ['way', null, 70]]);
  });

  test('times and lengths as people say them', () => {
    const { t } = currentI18n();
    expect([minutesText(5), minutesText(245), minutesText(3_845)]).toEqual(['0:05', '4:05', '1:04:05']);
    expect(durationText(245, t)).toBe('4:05 分');
    expect([wayText(0, t), wayText(44, t), wayText(994, t), wayText(1_240, t)]).toEqual(['0 米', '40 米', '990 米', '1.2 公里']);
  });

  test('a text may be coordinates or a part of a name, those that begin with it first', () => {
    const feature = (id: string, name: string) => ({
      type: 'Feature',
      id,
      geometry: { type: 'Point', coordinates: [121, 30] },
      properties: { name },
    });
    const features = { list: (of: string) => (of === 'resources' ? [feature('a', '沙浦消防站'), feature('b', '消防队')] : []) };
    const site = { features } as unknown as Parameters<typeof search>[0];
    expect(search(site, '消防', 'zh-CN').map(({ name }) => name)).toEqual(['消防队', '沙浦消防站']);
    expect(search(site, '121.5, 30.25', 'zh-CN')[0]?.at).toEqual({ lon: 121.5, lat: 30.25 });
    expect(search(site, ' ', 'zh-CN')).toEqual([]);
  });
});
