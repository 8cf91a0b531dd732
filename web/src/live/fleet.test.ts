import { describe, expect, test } from 'vitest';
import { SHAPE } from '../map/vehicle-look';
import { Fleet } from './fleet';
import { FLAG, type FrameKind, type LiveFrame } from './frame';
import { Intake } from './intake';

const BASE = 1_800_000_000_000;

interface Seen {
  key: number;
  lon?: number;
  lat?: number;
  at?: number;
  flags?: number;
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
    flags: Uint8Array.from(seen, ({ flags = 0 }) => flags),
  };
}

/** The page's fleet, and what the worker would do with a frame that comes at `nowMs`. */
function site() {
  const fleet = new Fleet();
  const intake = new Intake();
  let spare: ArrayBuffer | undefined;
  const show = () => (spare = fleet.show(intake.picture(spare)));
  return {
    fleet,
    intake,
    show,
    apply: (came: LiveFrame, nowMs: number) => {
      intake.take(came, nowMs);
      show();
    },
  };
}

function drawnLon(fleet: Fleet, key: number, nowMs: number): number {
  return fleet.place(fleet.slot(key)!, nowMs)[0] * 360 - 180;
}

describe('the fleet', () => {
  test('holds what a snapshot says and nothing else', () => {
    const { fleet, apply } = site();
    apply(frame('snapshot', [{ key: 1 }, { key: 2 }, { key: 3 }]), 0);
    apply(frame('snapshot', [{ key: 3 }, { key: 4 }]), 0);
    expect(fleet.size).toBe(2);
    expect([1, 2, 3, 4].map((key) => fleet.vehicle(key) !== undefined)).toEqual([false, false, true, true]);
  });

  test('loses the vehicles that are gone and keeps the others whole', () => {
    const { fleet, apply } = site();
    const keys = Array.from({ length: 200 }, (_, i) => i + 1);
    apply(
      frame(
        'snapshot',
        keys.map((key) => ({ key, lon: 121 + key / 1000 })),
      ),
      0,
    );
    apply(
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
    const { fleet, apply } = site();
    apply(frame('delta', [{ key: 7, lon: 121.5, lat: -30.25, at: 500 }]), 0);
    expect(fleet.vehicle(7)).toMatchObject({
      lon: 121.5,
      lat: -30.25,
      fixedAtMs: BASE + 500,
      speedKph: 30,
      headingDeg: 90,
    });
  });

  test.each([
    [121.0500001, 30.6000003],
    [-179.9999999, -84.9999999],
    [179.9999998, 0.0000001],
    [0, 70.1234567],
    [-0.0000001, -0.0000001],
  ])('says %f, %f as it was sent', (lon, lat) => {
    const { fleet, apply } = site();
    apply(frame('delta', [{ key: 7, lon, lat }]), 0);
    expect(fleet.vehicle(7)).toMatchObject({ lon: lon + 0, lat: lat + 0 });
  });

  test('finds every vehicle by its number while others come and go', () => {
    const { fleet, apply } = site();
    const found = (...keys: number[]) => keys.map((key) => fleet.slot(key) !== undefined && fleet.vehicle(key)?.lon);
    apply(frame('snapshot', [1, 2, 3].map((key) => ({ key, lon: 100 + key }))), 0);
    expect(found(1, 2, 3, 4)).toEqual([101, 102, 103, false]);
    apply(frame('gone', [{ key: 1 }]), 0);
    expect(found(1, 2, 3, 4)).toEqual([false, 102, 103, false]);
    apply(frame('delta', [{ key: 4, lon: 104 }, { key: 5_000_000, lon: 105 }]), 0);
    expect(found(1, 2, 3, 4, 5_000_000)).toEqual([false, 102, 103, 104, 105]);
    fleet.clear();
    expect(found(2, 5_000_000)).toEqual([false, false]);
    expect(fleet.size).toBe(0);
  });

  test('has an extent, of both halves of the world too', () => {
    const { fleet, apply } = site();
    expect(fleet.extent()).toBeNull();
    apply(frame('delta', [{ key: 1, lon: -10, lat: 60 }, { key: 2, lon: 121, lat: -30 }, { key: 3, lon: 5, lat: 0 }]), 0);
    expect(fleet.extent()).toEqual([-10, -30, 121, 60]);
  });

  test('knows the class of each vehicle, of those that come later and after it changed', () => {
    const { fleet, intake, show, apply } = site();
    const kinds = () => [1, 2].map((key) => fleet.kind(fleet.slot(key)!));
    intake.classify(new Map([[2, 5]]));
    apply(frame('delta', [{ key: 1 }, { key: 2 }]), 0);
    expect(kinds()).toEqual([0, 5]);
    intake.classify(new Map([[1, 3]]));
    show();
    expect(kinds()).toEqual([3, 0]);
  });

  test('counts those in alarm', () => {
    const { fleet, apply } = site();
    apply(frame('delta', [{ key: 1, flags: FLAG.alarm }, { key: 2, flags: FLAG.unchecked }]), 0);
    expect(fleet.alarms).toBe(1);
    expect(fleet.flags(fleet.slot(1)!)).toBe(FLAG.alarm);
    apply(frame('delta', [{ key: 1 }]), 1_000);
    expect(fleet.alarms).toBe(0);
  });

  test('shows a fix grow old while nothing comes', () => {
    const { fleet, apply } = site();
    apply(frame('delta', [{ key: 1, at: 0 }, { key: 2, at: 100_000 }]), 0);
    const shapes = (serverNow: number) => [1, 2].map((key) => fleet.shape(fleet.slot(key)!, BASE + serverNow));
    expect(shapes(100_000)).toEqual([SHAPE.arrow, SHAPE.arrow]);
    expect(shapes(120_001)).toEqual([SHAPE.ring, SHAPE.arrow]);
    expect(shapes(220_001)).toEqual([SHAPE.ring, SHAPE.ring]);
  });

  test('keeps two blocks in turn while its size stays', () => {
    const { fleet, apply } = site();
    const many = (lon: number) => frame('delta', Array.from({ length: 3_000 }, (_, key) => ({ key, lon: lon + key / 1e4 })));
    const blocks = new Set<ArrayBufferLike>();
    for (let second = 0; second < 10; second += 1) {
      apply(many(120 + second / 1e4), second * 1_000);
      blocks.add(fleet.records.buffer);
    }
    expect(blocks.size).toBe(2);
    expect(fleet.records.byteLength).toBe(3_000 * 32);
  });
});

describe('a moving vehicle', () => {
  test('glides from fix to fix and never beyond the last', () => {
    const { fleet, apply } = site();
    apply(frame('delta', [{ key: 1, lon: 121, at: 0 }]), 10_000);
    apply(frame('delta', [{ key: 1, lon: 121.001, at: 1_000 }]), 11_000);
    expect(drawnLon(fleet, 1, 11_000)).toBeCloseTo(121, 7);
    expect(drawnLon(fleet, 1, 11_500)).toBeCloseTo(121.0005, 7);
    expect(drawnLon(fleet, 1, 12_000)).toBeCloseTo(121.001, 7);
    expect(drawnLon(fleet, 1, 99_000)).toBeCloseTo(121.001, 7);
    expect(fleet.stillFromMs).toBe(12_000);
  });

  test('goes on from where it is drawn when the next fix comes early', () => {
    const { fleet, apply } = site();
    apply(frame('delta', [{ key: 1, lon: 121, at: 0 }]), 0);
    apply(frame('delta', [{ key: 1, lon: 121.001, at: 1_000 }]), 1_000);
    apply(frame('delta', [{ key: 1, lon: 121.002, at: 1_500 }]), 1_500);
    expect(drawnLon(fleet, 1, 1_500)).toBeCloseTo(121.0005, 7);
    expect(drawnLon(fleet, 1, 2_000)).toBeCloseTo(121.002, 7);
  });

  test.each([
    ['after a gap of more than two minutes', 121.001, 121_000],
    ['over a distance that no second holds', 121.1, 1_000],
    ['to an older fix', 121.001, -1_000],
  ])('jumps %s', (_, lon, at) => {
    const { fleet, apply } = site();
    apply(frame('delta', [{ key: 1, lon: 121, at: 0 }]), 0);
    apply(frame('delta', [{ key: 1, lon, at }]), 1_000);
    expect(drawnLon(fleet, 1, 1_000)).toBeCloseTo(lon, 7);
  });
});
