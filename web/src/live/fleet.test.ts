import { describe, expect, test } from 'vitest';
import { mercatorX, mercatorY } from '../map/mercator';
import { Fleet } from './fleet';
import type { FrameKind, LiveFrame } from './frame';

const BASE = 1_800_000_000_000;

interface Seen {
  key: number;
  lon?: number;
  lat?: number;
  at?: number;
}

/** A frame of vehicles; `at` is the fix's time after BASE in ms. */
function frame(kind: FrameKind, seen: Seen[]): LiveFrame {
  const baseMs = BASE + Math.max(0, ...seen.map(({ at = 0 }) => at));
  return {
    kind,
    baseMs,
    count: seen.length,
    key: Uint32Array.from(seen, ({ key }) => key),
    lonE7: Int32Array.from(seen, ({ lon = 121 }) => Math.round(lon * 1e7)),
    latE7: Int32Array.from(seen, ({ lat = 30 }) => Math.round(lat * 1e7)),
    ageMs: Uint32Array.from(seen, ({ at = 0 }) => baseMs - BASE - at),
    speed: new Uint16Array(seen.length).fill(300),
    heading: new Uint8Array(seen.length).fill(45),
    flags: new Uint8Array(seen.length),
  };
}

function drawnLon(fleet: Fleet, key: number, nowMs: number): number {
  return fleet.place(fleet.slot(key)!, nowMs)[0] * 360 - 180;
}

describe('the fleet', () => {
  test('holds what a snapshot says and nothing else', () => {
    const fleet = new Fleet();
    fleet.apply(frame('snapshot', [{ key: 1 }, { key: 2 }, { key: 3 }]), 0);
    fleet.apply(frame('snapshot', [{ key: 3 }, { key: 4 }]), 0);
    expect(fleet.size).toBe(2);
    expect([1, 2, 3, 4].map((key) => fleet.vehicle(key) !== undefined)).toEqual([false, false, true, true]);
  });

  test('loses the vehicles that are gone and keeps the others whole', () => {
    const fleet = new Fleet();
    const keys = Array.from({ length: 200 }, (_, i) => i + 1);
    fleet.apply(
      frame(
        'snapshot',
        keys.map((key) => ({ key, lon: 121 + key / 1000 })),
      ),
      0,
    );
    fleet.apply(
      frame(
        'gone',
        keys.filter((key) => key % 3 !== 0).map((key) => ({ key })),
      ),
      0,
    );
    expect(fleet.size).toBe(66);
    for (const key of keys.filter((k) => k % 3 === 0)) expect(fleet.vehicle(key)?.lon).toBeCloseTo(121 + key / 1000, 7);
    expect(fleet.vehicle(1)).toBeUndefined();
  });

  test('says units of people', () => {
    const fleet = new Fleet();
    fleet.apply(frame('delta', [{ key: 7, lon: 121.5, lat: -30.25, at: 500 }]), 0);
    expect(fleet.vehicle(7)).toMatchObject({
      lon: 121.5,
      lat: -30.25,
      fixedAtMs: BASE + 500,
      speedKph: 30,
      headingDeg: 90,
    });
    expect(fleet.toX[0]).toBe(mercatorX(121.5));
    expect(fleet.toY[0]).toBe(mercatorY(-30.25));
  });
});

describe('a moving vehicle', () => {
  test('glides from fix to fix and never beyond the last', () => {
    const fleet = new Fleet();
    fleet.apply(frame('delta', [{ key: 1, lon: 121, at: 0 }]), 10_000);
    fleet.apply(frame('delta', [{ key: 1, lon: 121.001, at: 1_000 }]), 11_000);
    expect(drawnLon(fleet, 1, 11_000)).toBeCloseTo(121, 9);
    expect(drawnLon(fleet, 1, 11_500)).toBeCloseTo(121.0005, 9);
    expect(drawnLon(fleet, 1, 12_000)).toBeCloseTo(121.001, 9);
    expect(drawnLon(fleet, 1, 99_000)).toBeCloseTo(121.001, 9);
    expect(fleet.stillFromMs).toBe(12_000);
  });

  test('goes on from where it is drawn when the next fix comes early', () => {
    const fleet = new Fleet();
    fleet.apply(frame('delta', [{ key: 1, lon: 121, at: 0 }]), 0);
    fleet.apply(frame('delta', [{ key: 1, lon: 121.001, at: 1_000 }]), 1_000);
    fleet.apply(frame('delta', [{ key: 1, lon: 121.002, at: 1_500 }]), 1_500);
    expect(drawnLon(fleet, 1, 1_500)).toBeCloseTo(121.0005, 9);
    expect(drawnLon(fleet, 1, 2_000)).toBeCloseTo(121.002, 9);
  });

  test.each([
    ['after a gap of more than two minutes', 121.001, 121_000],
    ['over a distance that no second holds', 121.1, 1_000],
    ['to an older fix', 121.001, -1_000],
  ])('jumps %s', (_, lon, at) => {
    const fleet = new Fleet();
    fleet.apply(frame('delta', [{ key: 1, lon: 121, at: 0 }]), 0);
    fleet.apply(frame('delta', [{ key: 1, lon, at }]), 1_000);
    expect(drawnLon(fleet, 1, 1_000)).toBeCloseTo(lon, 7);
  });
});
