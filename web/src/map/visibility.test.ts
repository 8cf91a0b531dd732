import { beforeEach, describe, expect, test, vi } from 'vitest';
import { GROUP_NAMES, LEAVES, leavesOf } from './sort-of';

const kept = new Map<string, string>();
vi.stubGlobal('localStorage', {
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, value: string) => kept.set(name, value),
});
const params = new Map<string, string>();
vi.mock('../ui/route', () => ({
  currentRoute: () => ({ page: 'map', params }),
  noteInRoute: (changes: Record<string, string | null>) => {
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) params.delete(name);
      else params.set(name, value);
    }
  },
}));
const { formatHidden, hiddenVehicles, parseHidden, Visibility } = await import('./visibility');

beforeEach(() => {
  kept.clear();
  params.clear();
});

describe('hidden layers in an address', () => {
  test('come back as they were written, whole groups by their own name', () => {
    const hidden = new Set([...leavesOf('ground'), 'zones.blue'] as const);
    expect(formatHidden(hidden)).toBe('-zones.blue,-ground');
    expect(parseHidden('-zones.blue,-ground')).toEqual(hidden);
    expect(parseHidden(formatHidden(new Set(LEAVES)))).toEqual(new Set(LEAVES));
  });

  test('that nobody knows are left out', () => {
    expect(parseHidden('-weather,-zones.green,,-zones.red')).toEqual(new Set(['zones.red']));
  });
});

describe('switching layers', () => {
  test('is remembered for each person and said in the address', () => {
    new Visibility('li').toggle('zones.red');
    expect(params.get('layers')).toBe('-zones.red');
    params.clear();
    expect(new Visibility('li').shows('zones.red')).toBe(false);
    expect(new Visibility('wang').shows('zones.red')).toBe(true);
  });

  test('the address wins over what is remembered', () => {
    new Visibility('li').toggle('zones.red');
    params.set('layers', '-ground');
    const sent = new Visibility('li');
    expect([sent.shows('zones.red'), sent.shows('ground.roads')]).toEqual([true, false]);
  });

  test('a group of which some is hidden is shown whole first, then hidden whole', () => {
    const layers = new Visibility('li');
    layers.toggle('zones.red');
    expect(layers.group('zones')).toBe('some');
    layers.toggleGroup('zones');
    expect(layers.group('zones')).toBe('all');
    layers.toggleGroup('zones');
    expect(layers.group('zones')).toBe('none');
    expect(layers.hidden().size).toBe(leavesOf('zones').length);
    layers.showAll();
    expect(GROUP_NAMES.map((group) => layers.group(group))).toEqual(GROUP_NAMES.map(() => 'all'));
    expect(params.has('layers')).toBe(false);
  });

  test('tells whoever listens, and what has no layer is always shown', () => {
    const layers = new Visibility('li');
    let told = 0;
    layers.subscribe(() => (told += 1));
    layers.follow('-vehicles');
    layers.follow('-vehicles');
    layers.follow(undefined);
    expect(told).toBe(1);
    expect([layers.shows(null), layers.shows('vehicles.hazmat')]).toEqual([true, false]);
  });

  test('the server is told which vehicles are hidden, by the names that it knows', () => {
    const layers = new Visibility('li');
    layers.follow('-zones,-vehicles.hazmat,-vehicles.quiet');
    expect(hiddenVehicles(layers)).toEqual(['hazmat', 'quiet']);
  });
});
