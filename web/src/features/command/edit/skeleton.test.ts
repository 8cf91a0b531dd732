import { describe, expect, it } from 'vitest';
import { destination, type Place, type Ring } from './places';
import { circleRing, sectorRing } from './outline';
import type { Circle, Sector } from './shape';
import { bonesOf, circleOf, dragged, isHeld, MOST_HELD, sectorOf, withoutRing, withRing } from './skeleton';
import { cornersOf, nearestCorner } from './snap';

const HOME: Place = [121.6, 29.98];
const CIRCLE: Circle = { kind: 'circle', centre: HOME, radius_m: 500 };
const SECTOR: Sector = { kind: 'sector', centre: HOME, radius_m: 800, bearing_deg: 350, opening_deg: 60 };
const RING: Ring = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 0],
];
const HOLE: Ring = [
  [2, 1],
  [3, 1],
  [3, 2],
  [2, 1],
];

describe('a circle under the hand', () => {
  it('is resized by its edge and moved by its centre', () => {
    const [centre, edge] = bonesOf(CIRCLE)[0]!.places as [Place, Place];
    expect(dragged(CIRCLE, 'handle', [centre, destination(centre, 10, 700)])).toMatchObject({ centre, radius_m: 700 });
    const there: Place = [121.61, 29.99];
    expect(dragged(CIRCLE, 'handle', [there, edge])).toEqual({ ...CIRCLE, centre: there });
  });
  it('is known again from its corners', () => {
    const { centre, radius_m } = circleOf(circleRing(HOME, 500));
    expect(radius_m).toBeCloseTo(500, 0);
    expect(centre[0]).toBeCloseTo(HOME[0], 6);
  });
});

describe('a sector under the hand', () => {
  it('opens by one end of its arc, over north', () => {
    const [left, centre] = bonesOf(SECTOR)[0]!.places as [Place, Place];
    const wider = dragged(SECTOR, 'handle', [left, centre, destination(centre, 40, 800)]) as Sector;
    expect(wider).toMatchObject({ opening_deg: 80, radius_m: 800 });
    expect(wider.bearing_deg).toBeCloseTo(0, 0);
  });
  it('is known again from its corners, whichever way they run', () => {
    const ring = sectorRing(HOME, 800, 350, 60);
    for (const corners of [ring, [...ring].reverse()]) {
      expect(sectorOf(corners)).toMatchObject({ radius_m: 800, opening_deg: 60, bearing_deg: 350 });
    }
  });
});

describe('rings under the hand', () => {
  const hollow = withRing(withRing(null, 'polygon', 0, RING), 'hole', 0, HOLE);
  it('are cut, added and taken away', () => {
    expect(hollow.parts).toEqual([[RING, HOLE]]);
    const two = withRing(hollow, 'part', 0, RING);
    expect(two.parts).toHaveLength(2);
    expect(withoutRing(two, 0, 1)!.parts[0]).toEqual([RING]);
    expect(withoutRing(hollow, 0, 0)).toBeNull();
  });
  it('with more corners than a hand can hold are left to numbers, and the others are held', () => {
    const long: Ring = Array.from({ length: MOST_HELD + 1 }, (_, i): Place => [i / 1e4, 0]);
    const shape = withRing(hollow, 'part', 0, long);
    expect(isHeld(hollow)).toBe(true);
    expect(isHeld(shape)).toBe(false);
    expect(bonesOf(shape).map(({ id }) => id)).toEqual(['ring-0-0', 'ring-0-1']);
  });
  it('take their holes along when the whole is dragged, and not for one corner', () => {
    const away = RING.map(([lon, lat]): Place => [lon + 1, lat + 2]);
    expect(dragged(hollow, 'ring-0-0', away)).toMatchObject({
      parts: [
        [
          away,
          [
            [3, 3],
            [4, 3],
            [4, 4],
            [3, 3],
          ],
        ],
      ],
    });
    const pulled: Ring = [
      [0, 0],
      [5, 0],
      [4, 4],
      [0, 0],
    ];
    expect(dragged(hollow, 'ring-0-0', pulled)).toMatchObject({ parts: [[pulled, HOLE]] });
  });
});

describe('a corner that is there already', () => {
  // One pixel is a hundredth of a degree.
  const project = (lon: number, lat: number) => ({ x: lon * 100, y: -lat * 100 });
  const unproject = (x: number, y: number) => ({ lng: x / 100, lat: -y / 100 });
  const pointer = (lng: number, lat: number) => ({ lng, lat, containerX: lng * 100, containerY: -lat * 100 });
  it('is taken when the pointer is near it', () => {
    const corners = cornersOf([
      { type: 'Feature', id: 'a', geometry: { type: 'Polygon', coordinates: [RING] }, properties: {} },
    ]);
    expect(nearestCorner(corners, pointer(3.95, 0.04), project, unproject)).toEqual([4, 0]);
    expect(nearestCorner(corners, pointer(3.8, 0.04), project, unproject)).toBeUndefined();
  });
});
