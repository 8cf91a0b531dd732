import { describe, expect, it } from 'vitest';
import { converted, levelOf, mapped, readGeoJson, refusedIndex, type Mapping } from './geojson-file';

const MAPPING: Mapping = {
  name: '名称',
  kind: { value: 'restricted' },
  level: { member: '等级' },
  radius_m: 100,
  width_m: 20,
};

function file(...features: unknown[]): string {
  return JSON.stringify({ type: 'FeatureCollection', features });
}

function point(lon: number, lat: number, properties: object = {}): object {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties };
}

describe('a GeoJSON file', () => {
  it('is read whether it is a collection, a feature or a geometry', () => {
    expect(readGeoJson(file(point(121, 30))).features).toHaveLength(1);
    expect(readGeoJson(JSON.stringify(point(121, 30))).features).toHaveLength(1);
    expect(readGeoJson('{"type":"Point","coordinates":[121,30]}').features).toHaveLength(1);
  });
  it('that is none says why', () => {
    expect(readGeoJson('{').problems[0]).toMatchObject({ index: null, key: 'json' });
    expect(readGeoJson('{"type":"Topology"}').problems[0]).toMatchObject({ key: 'type', value: 'Topology' });
    expect(readGeoJson(file()).problems[0]).toMatchObject({ key: 'empty' });
    const projected = JSON.stringify({
      type: 'FeatureCollection',
      crs: { properties: { name: 'EPSG:4549' } },
      features: [],
    });
    expect(readGeoJson(projected).problems[0]).toMatchObject({ key: 'crs' });
  });
  it('keeps what is right and says by number what is wrong', () => {
    const open = {
      type: 'Feature',
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        ],
      },
    };
    const text = { type: 'Feature', geometry: { type: 'Point', coordinates: ['121', 30] } };
    const { features, problems } = readGeoJson(file(point(121, 30), open, { type: 'Feature' }, text));
    expect(features).toHaveLength(1);
    expect(problems.map(({ index, key }) => [index, key])).toEqual([
      [1, 'ring'],
      [2, 'geometry'],
      [3, 'coordinate'],
    ]);
  });
  it('with latitude first is noticed, surely over 90 degrees, else by where it would lie', () => {
    expect(readGeoJson(file(point(30, 121))).swapped).toBe('surely');
    expect(readGeoJson(file(point(39, 87.6))).swapped).toBe('maybe');
    expect(readGeoJson(file(point(121, 30))).swapped).toBe('no');
    expect(readGeoJson(file(point(2.3, 48.9))).swapped).toBe('no');
    const [swapped] = readGeoJson(file(point(30, 121))).features;
    expect(converted(swapped!.geometry, (lon, lat) => [lat, lon])).toEqual({ type: 'Point', coordinates: [121, 30] });
  });
  it('names its members, the most frequent first', () => {
    expect(readGeoJson(file(point(121, 30, { a: 1, b: 1 }), point(121, 30, { b: 2 }))).members).toEqual(['b', 'a']);
  });
});

describe('members of a file', () => {
  it('become those that Cordon reads', () => {
    const [feature] = readGeoJson(file(point(121, 30, { 名称: '北罐区', 等级: 'II级' }))).features;
    expect(mapped(feature!, MAPPING, true).properties).toEqual({
      名称: '北罐区',
      等级: 'II级',
      name: '北罐区',
      kind: 'restricted',
      level: 'orange',
      radius_m: 100,
    });
  });
  it('name levels as people write them', () => {
    expect(['红色', 'Ⅰ', 'IV', '3', 'orange', '重大'].map(levelOf)).toEqual([
      'red',
      'red',
      'blue',
      'yellow',
      'orange',
      'red',
    ]);
    expect(levelOf('none')).toBeNull();
  });
});

describe('a refusal', () => {
  it('is about the feature that its field names', () => {
    expect(refusedIndex('features[3].properties.kind', 9)).toBe(3);
    expect(refusedIndex('properties.kind', 1)).toBe(0);
    expect(refusedIndex(undefined, 9)).toBeNull();
  });
});
